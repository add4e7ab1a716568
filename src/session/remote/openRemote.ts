import type { Disassembler } from '../../engine/arch/disassembler.js';
import type { QueryAnswer, QueryName, QueryParams } from '../../shared/queries.js';
import type { OpenedCore, OpenOptions } from '../coreSession.js';
import type { ImageCache } from '../imageCache.js';
import { inSlices } from '../slicedWork.js';
import { RemoteCore } from './remoteCore.js';

/** A core on a server as a session hands it out. Rejects with OpenError when it cannot be read or is no core. */
export async function openRemote(
  address: string,
  options: OpenOptions,
  images: ImageCache,
  disassembler: Disassembler,
): Promise<OpenedCore> {
  const open = (): Promise<RemoteCore> => RemoteCore.open(address, options, images, disassembler);
  let core = await open();
  const listeners = new Set<() => void>();
  return {
    path: core.source,
    ask: <N extends QueryName>(
      name: N,
      params: QueryParams<N>,
      signal?: AbortSignal,
      progress?: (done: number) => void,
    ): Promise<QueryAnswer<N>> => {
      signal?.throwIfAborted();
      return core.ask((opened) => inSlices(opened.answering(name, params), { signal, progress }), signal);
    },
    reload: async () => {
      const fresh = await open();
      const old = core;
      core = fresh;
      await old.close();
      for (const listener of [...listeners]) listener();
    },
    onReloaded: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => core.close(),
  };
}
