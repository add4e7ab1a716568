import { type MessagePort, parentPort } from 'node:worker_threads';
import type { QueryName } from '../../shared/queries.js';
import { OpenError, type OpenedCore } from '../coreSession.js';
import { createInThreadSession } from '../inThreadSession.js';
import type { WorkOptions } from '../slicedWork.js';
import type { WorkerReply, WorkerRequest } from './workerProtocol.js';

/** The engine's side of a worker session: the entry of its own bundle. */
function serve(): void {
  const port = parentPort;
  if (port === null) return;
  const session = createInThreadSession();
  const cores = new Map<string, OpenedCore>();
  const running = new Map<number, AbortController>();
  let opened = 0;
  port.on('message', (request: WorkerRequest) => {
    if (request.kind === 'cancel') running.get(request.request)?.abort();
    else void serveOne(request, port);
  });

  async function serveOne(request: Exclude<WorkerRequest, { kind: 'cancel' }>, to: MessagePort): Promise<void> {
    const controller = new AbortController();
    running.set(request.id, controller);
    const reply = await replyTo(request, {
      signal: controller.signal,
      progress: (progress) => {
        to.postMessage({ id: request.id, progress } satisfies WorkerReply);
      },
    });
    running.delete(request.id);
    to.postMessage(reply);
  }

  async function replyTo(
    request: Exclude<WorkerRequest, { kind: 'cancel' }>,
    options: WorkOptions,
  ): Promise<WorkerReply> {
    try {
      return { id: request.id, ok: true, value: await answer(request, options) };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return {
        id: request.id,
        ok: false,
        message,
        ...(error instanceof OpenError ? { openErrorCode: error.code } : {}),
      };
    }
  }

  async function answer(
    request: Exclude<WorkerRequest, { kind: 'cancel' }>,
    { signal, progress }: WorkOptions,
  ): Promise<unknown> {
    switch (request.kind) {
      case 'open': {
        const core = await session.open(request.path, request.options, { signal, progress });
        const key = String(++opened);
        cores.set(key, core);
        return key;
      }
      case 'ask':
        return coreOf(request.key).ask(request.name as QueryName, request.params as never, signal, progress);
      case 'reload':
        return coreOf(request.key).reload();
      case 'close': {
        const core = cores.get(request.key);
        cores.delete(request.key);
        return core?.close();
      }
    }
  }

  function coreOf(key: string): OpenedCore {
    const core = cores.get(key);
    if (core === undefined) throw new Error('the core is not open any more');
    return core;
  }
}

serve();
