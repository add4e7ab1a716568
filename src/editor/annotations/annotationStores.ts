import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { AnnotationStore } from '../../session/annotations/annotationStore.js';
import { sidecarPlaces } from '../../session/annotations/sidecarPlaces.js';
import type { OpenedCore } from '../../session/coreSession.js';
import * as vscode from 'vscode';
import { annotationFolder } from '../settings.js';

/** The annotations of the cores that are open in this window: one store per core, however many pages show it. */
export class AnnotationStores {
  readonly #stores = new Map<string, AnnotationStore>();

  /** The store of a core; another one when the file has been replaced by another core. */
  async of(core: OpenedCore): Promise<AnnotationStore> {
    const { identity, about } = await core.ask('identity', {});
    const key = `${identity} ${core.path}`;
    const known = this.#stores.get(key);
    if (known !== undefined) {
      known.reload();
      return known;
    }
    const uri = vscode.Uri.file(core.path);
    const store = new AnnotationStore(
      { identity, about },
      {
        places: sidecarPlaces(core.path, annotationFolder(uri)),
        author: () => author(uri),
        now: () => new Date(),
        newId: randomUUID,
      },
    );
    this.#stores.set(key, store);
    return store;
  }

  /** Some sidecar was written, by this window or by another. */
  reload(): void {
    for (const store of this.#stores.values()) store.reload();
  }
}

function author(uri: vscode.Uri): string {
  const named = vscode.workspace.getConfiguration('redzone', uri).get<string>('author', '').trim();
  if (named !== '') return named.slice(0, 100);
  try {
    return userInfo().username;
  } catch {
    // Containers run under numbers that no name belongs to.
    return 'unknown';
  }
}
