import type { DebugProtocol } from '@vscode/debugprotocol';
import type { AnnotationTarget } from '../shared/annotations.js';

/** Something that unfolds: its children are asked for when the user looks. */
export interface VariableGroup {
  named(format: ValueFormat): Promise<readonly DebugProtocol.Variable[]> | readonly DebugProtocol.Variable[];
  /** How many `named` gives, at least 1, where `indexed` is there too: without it clients ask for the indexed ones only. */
  readonly namedCount?: number;
  /** Many of the same, by number, for paging. */
  readonly indexed?: {
    readonly count: number;
    list(from: number, count: number, format: ValueFormat): Promise<readonly DebugProtocol.Variable[]>;
  };
  /** What a note on the child of a name is tied to; undefined where nothing can be noted on it. */
  noteSubject?(name: string): Promise<NoteSubject | undefined>;
}

/** What a note can be written on. */
export interface NoteSubject {
  readonly target: AnnotationTarget;
  /** What stands there, for readers who do not have the core open. */
  readonly about: string;
}

/** How the client wants values written. Addresses are hexadecimal always. */
export interface ValueFormat {
  readonly hex: boolean;
}
