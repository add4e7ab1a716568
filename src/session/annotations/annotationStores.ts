import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { OpenedCore } from '../coreSession.js';
import { AnnotationStore } from './annotationStore.js';
import { sidecarPlaces } from './sidecarPlaces.js';

/** What a face knows of the people who write, and of where they work. */
export interface AnnotationSurroundings {
  /** The name that the user of a core at `path` gave; undefined or empty: the login name. */
  author?(path: string): string | undefined;
  /** Where annotations go when the folder of the core at `path` cannot be written. */
  folder?(path: string): string | undefined;
}

/** The annotations of the cores that are open here: one store per core, however many pages and debuggers show it. */
export class AnnotationStores {
  readonly #surroundings: AnnotationSurroundings;
  readonly #stores = new Map<string, AnnotationStore>();

  constructor(surroundings: AnnotationSurroundings = {}) {
    this.#surroundings = surroundings;
  }

  /** The store of a core; another one when the file has been replaced by another core. */
  async of(core: OpenedCore): Promise<AnnotationStore> {
    const { identity, about } = await core.ask('identity', {});
    const key = `${identity} ${core.path}`;
    const known = this.#stores.get(key);
    if (known !== undefined) {
      known.reload();
      return known;
    }
    const store = new AnnotationStore(
      { identity, about },
      {
        places: sidecarPlaces(core.path, this.#surroundings.folder?.(core.path)),
        author: () => this.#author(core.path),
        now: () => new Date(),
        newId: randomUUID,
      },
    );
    this.#stores.set(key, store);
    return store;
  }

  /** Some sidecar was written, here or elsewhere. */
  reload(): void {
    for (const store of this.#stores.values()) store.reload();
  }

  #author(path: string): string {
    const named = this.#surroundings.author?.(path)?.trim() ?? '';
    if (named !== '') return named.slice(0, 100);
    try {
      return userInfo().username;
    } catch {
      // Containers run under numbers that no name belongs to.
      return 'unknown';
    }
  }
}
