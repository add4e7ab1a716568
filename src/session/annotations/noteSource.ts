import type { OpenedCore } from '../coreSession.js';
import type { AnnotationStore } from './annotationStore.js';

/** How a debugger comes by what people write on a core; `AnnotationStores` is one. */
export interface NoteSource {
  of(core: OpenedCore): Promise<CoreNotes>;
}

/** What is written on one core. */
export type CoreNotes = Pick<
  AnnotationStore,
  'annotations' | 'problems' | 'ofOthers' | 'onChange' | 'write' | 'delete'
>;
