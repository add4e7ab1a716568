import type { Disassembler } from '../engine/arch/disassembler.js';
import { createIcedDisassembler } from '../io/icedDisassembler.js';
import type { QueryAnswer, QueryName, QueryParams } from '../shared/queries.js';
import type { CoreSession, OpenedCore, OpenOptions } from './coreSession.js';
import { coreKey } from './coreKey.js';
import { OpenedCores } from './openedCores.js';
import { ReloadListeners } from './reloadListeners.js';
import { isRemoteAddress } from './remote/remoteAddress.js';
import { RemoteOpener } from './remote/remoteOpener.js';
import { inSlices } from './slicedWork.js';

/** The session whose engine runs in the caller's own thread: for the command line, `redzone dap`, and the worker. */
export function createInThreadSession(disassembler: Disassembler = createIcedDisassembler()): CoreSession {
  const cores = new OpenedCores(disassembler);
  const listeners = new ReloadListeners();
  const remotes = new RemoteOpener(disassembler);
  return {
    open: async (path, options = {}, work = {}) => {
      if (isRemoteAddress(path)) return remotes.open(path, options);
      const core = await settle(() => opened(cores, listeners, path, options));
      await cores.complete(coreKey(path, options), work);
      return core;
    },
    dispose: async () => {
      await remotes.dispose();
      await settle(() => {
        cores.dispose();
      });
    },
    // An engine in this very thread cannot die alone.
    onReopened: () => () => undefined,
  };
}

function opened(cores: OpenedCores, listeners: ReloadListeners, path: string, options: OpenOptions): OpenedCore {
  const key = cores.open(path, options);
  let closed = false;
  return {
    path,
    ask: async <N extends QueryName>(
      name: N,
      params: QueryParams<N>,
      signal?: AbortSignal,
      progress?: (done: number) => void,
    ): Promise<QueryAnswer<N>> => {
      await Promise.resolve();
      signal?.throwIfAborted();
      return inSlices(cores.get(key).answering(name, params), { signal, progress });
    },
    reload: async () => {
      const reloaded = await settle(() => cores.reload(key));
      await Promise.all(reloaded.map((each) => cores.complete(each)));
      listeners.tell(path);
    },
    onReloaded: (listener) => listeners.add(path, listener),
    close: () =>
      settle(() => {
        if (!closed) cores.close(key);
        closed = true;
      }),
  };
}

/** What a synchronous call gives or throws, as a promise. */
async function settle<T>(call: () => T): Promise<T> {
  await Promise.resolve();
  return call();
}
