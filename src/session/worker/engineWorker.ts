import { type MessagePort, parentPort } from 'node:worker_threads';
import { createIcedDisassembler } from '../../io/icedDisassembler.js';
import type { QueryName } from '../../shared/queries.js';
import { OpenError, type OpenOptions } from '../coreSession.js';
import { OpenedCores } from '../openedCores.js';
import { inSlices, type WorkOptions } from '../slicedWork.js';
import type { WorkerReply, WorkerRequest } from './workerProtocol.js';

/** The engine's side of a worker session: the entry of its own bundle. */
function serve(): void {
  const port = parentPort;
  if (port === null) return;
  const cores = new OpenedCores(createIcedDisassembler());
  const running = new Map<number, AbortController>();
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

  async function opened(path: string, open: OpenOptions, work: WorkOptions): Promise<string> {
    const key = cores.open(path, open);
    await cores.complete(key, work);
    return key;
  }

  function answer(request: Exclude<WorkerRequest, { kind: 'cancel' }>, options: WorkOptions): unknown {
    switch (request.kind) {
      case 'open':
        return opened(request.path, request.options, options);
      case 'ask':
        return inSlices(cores.get(request.key).answering(request.name as QueryName, request.params as never), options);
      case 'reload':
        return Promise.all(cores.reload(request.key).map((key) => cores.complete(key, options)));
      case 'close':
        cores.close(request.key);
        return undefined;
    }
  }
}

serve();
