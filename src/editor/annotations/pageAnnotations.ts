import type * as vscode from 'vscode';
import type { AnnotationStore } from '../../session/annotations/annotationStore.js';
import { SIDECAR_SUFFIX } from '../../session/annotations/sidecarPlaces.js';
import type { OpenedCore } from '../../session/coreSession.js';
import type { PageAction } from '../../shared/protocol.js';
import type { PageMessenger } from '../messenger.js';
import { watchFile } from '../watchFile.js';
import type { AnnotationStores } from '../../session/annotations/annotationStores.js';

/** Another window writes rarely, and what it wrote should be seen at once. */
const QUIET_MS = 50;

/** What a page may want done with annotations. */
export type AnnotationAction = Extract<PageAction, { kind: 'annotate' | 'unannotate' | 'undo' | 'redo' }>;

/** Shows the annotations of a core on one page, and does with them what the page wants. */
export class PageAnnotations implements vscode.Disposable {
  readonly #stores: AnnotationStores;
  readonly #messenger: PageMessenger;
  readonly #watching: vscode.Disposable;
  #store: AnnotationStore | undefined;
  #unsubscribe: () => void = () => undefined;

  constructor(uri: vscode.Uri, stores: AnnotationStores, messenger: PageMessenger) {
    this.#stores = stores;
    this.#messenger = messenger;
    const sidecar = uri.with({ path: `${uri.path}${SIDECAR_SUFFIX}` });
    this.#watching = watchFile(
      sidecar,
      () => {
        stores.reload();
      },
      { quietMs: QUIET_MS, deleted: true },
    );
  }

  /** Sends what is written on the core, and from now on every change of it. */
  async open(core: OpenedCore): Promise<void> {
    const store = await this.#stores.of(core);
    this.#unsubscribe();
    this.#store = store;
    this.#unsubscribe = store.onChange(() => {
      this.#send(store);
    });
    this.#send(store);
  }

  /** Rejects with one sentence. */
  async do(action: AnnotationAction): Promise<void> {
    const store = this.#store;
    if (store === undefined) throw new Error('The core is not open yet.');
    switch (action.kind) {
      case 'annotate':
        await store.write(action.draft);
        return;
      case 'unannotate':
        await store.delete(action.id);
        return;
      case 'undo':
      case 'redo': {
        const words = await store[action.kind]();
        const text = words === undefined ? `There is nothing to ${action.kind}.` : `${PAST[action.kind]}: ${words}.`;
        this.#messenger.send({ type: 'notice', text });
      }
    }
  }

  dispose(): void {
    this.#unsubscribe();
    this.#watching.dispose();
  }

  #send({ annotations, problems, ofOthers }: AnnotationStore): void {
    this.#messenger.send({ type: 'annotations', annotations, problems, ofOthers });
  }
}

const PAST = { undo: 'Undone', redo: 'Done again' } as const;
