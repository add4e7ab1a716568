import { parentPort } from 'node:worker_threads';
import { createIcedDisassembler } from '../../io/icedDisassembler.js';
import type { QueryName } from '../../shared/queries.js';
import { OpenError } from '../coreSession.js';
import { OpenedCores } from '../openedCores.js';
import type { WorkerReply, WorkerRequest } from './workerProtocol.js';

/** The engine's side of a worker session: the entry of its own bundle. */
function serve(): void {
  const port = parentPort;
  if (port === null) return;
  const cores = new OpenedCores(createIcedDisassembler());
  port.on('message', (request: WorkerRequest) => {
    port.postMessage(reply(request));
  });

  function reply(request: WorkerRequest): WorkerReply {
    try {
      return { id: request.id, ok: true, value: answer(request) };
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

  function answer(request: WorkerRequest): unknown {
    switch (request.kind) {
      case 'open':
        return cores.open(request.path, request.options);
      case 'ask':
        return cores.get(request.key).ask(request.name as QueryName, request.params as never);
      case 'close':
        cores.close(request.key);
        return undefined;
    }
  }
}

serve();
