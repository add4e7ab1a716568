import type { Disassembler } from '../../engine/arch/disassembler.js';
import { coreKey } from '../coreKey.js';
import type { OpenedCore, OpenOptions } from '../coreSession.js';
import { ImageCache } from '../imageCache.js';
import { openRemote } from './openRemote.js';

/** Opens cores on servers, each once, counted by who uses them: what one reader had fetched the next has too. */
export class RemoteOpener {
  readonly #disassembler: Disassembler;
  readonly #images = new ImageCache();
  readonly #cores = new Map<string, Shared>();

  constructor(disassembler: Disassembler) {
    this.#disassembler = disassembler;
  }

  /** Rejects with OpenError when it cannot be read or is no core. */
  async open(address: string, options: OpenOptions): Promise<OpenedCore> {
    const key = coreKey(address, options);
    const shared = this.#cores.get(key) ?? this.#opening(key, address, options);
    shared.references++;
    const core = await shared.core;
    let closed = false;
    return {
      path: core.path,
      ask: (name, params, signal, progress) => core.ask(name, params, signal, progress),
      reload: () => core.reload(),
      onReloaded: (listener) => core.onReloaded(listener),
      close: async () => {
        if (closed) return;
        closed = true;
        if (--shared.references > 0) return;
        if (this.#cores.get(key) === shared) this.#cores.delete(key);
        await core.close();
      },
    };
  }

  async dispose(): Promise<void> {
    const open = [...this.#cores.values()];
    this.#cores.clear();
    // One that could not be opened has nothing to close, and was reported when it was asked for.
    for (const { core } of open) await core.then((opened) => opened.close()).catch(() => undefined);
    this.#images.dispose();
  }

  #opening(key: string, address: string, options: OpenOptions): Shared {
    const shared = { core: openRemote(address, options, this.#images, this.#disassembler), references: 0 };
    this.#cores.set(key, shared);
    shared.core.catch(() => {
      if (this.#cores.get(key) === shared) this.#cores.delete(key);
    });
    return shared;
  }
}

interface Shared {
  readonly core: Promise<OpenedCore>;
  references: number;
}
