import type { OpenOptions } from '../../coreSession.js';

/** What the thread is started with. */
export interface TriageRunSettings {
  /** Files, folders and addresses. */
  readonly inputs: readonly string[];
  readonly options: OpenOptions;
}

/** From the thread. */
export type TriageRunMessage =
  /** Rows as lines of JSON, and how many there are of each label by now. */
  | {
      readonly kind: 'rows';
      readonly lines: readonly string[];
      readonly counts: readonly (readonly [string, number])[];
    }
  | { readonly kind: 'problem'; readonly message: string };
