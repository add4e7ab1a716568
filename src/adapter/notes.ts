import type { DebugProtocol } from '@vscode/debugprotocol';
import type { CoreNotes } from '../session/annotations/noteSource.js';
import { AnnotationIndex, NO_ANNOTATIONS } from '../shared/annotationIndex.js';
import type { Annotation } from '../shared/annotations.js';
import type { StackRow } from '../shared/queries.js';
import { parseAddress } from './addresses.js';
import type { DeadThread } from './threads.js';

/** The notes of an open core, looked up by what the debugger shows, and shown as part of it: the protocol has no place of their own. */
export class Notes {
  readonly #store: CoreNotes | undefined;
  readonly #unsubscribe: () => void;
  #index = NO_ANNOTATIONS;
  /** Called when what the debugger shows is out of date; `frames` says that the call stack is too. */
  onChange: (frames: boolean) => void = () => undefined;

  /** @param store undefined where notes cannot be read: the debugger does without */
  constructor(store: CoreNotes | undefined) {
    this.#store = store;
    if (store) this.#index = new AnnotationIndex(store);
    this.#unsubscribe =
      store?.onChange(() => {
        const before = this.#index;
        this.#index = new AnnotationIndex(store);
        this.onChange(framesOf(before) !== framesOf(this.#index));
      }) ?? (() => undefined);
  }

  get all(): readonly Annotation[] {
    return this.#index.all;
  }

  /** Why what is shown may not be all there is. */
  get problems(): readonly string[] {
    return this.#index.problems;
  }

  /** Where notes are written to; undefined where they cannot be. */
  get store(): CoreNotes | undefined {
    return this.#store;
  }

  onFrame(thread: DeadThread, row: StackRow): readonly Annotation[] {
    // Other readings have frames of other numbers: what is noted on the chosen stack does not speak of them.
    return thread.reading.kind === 'chosen' ? this.#index.onFrame(thread.tid, row.frame, row) : [];
  }

  onRegister(tid: number, frame: number, register: string): readonly Annotation[] {
    return this.#index.on({ register, tid, frame });
  }

  /** On the word at an address, or on a range that it lies in. */
  onWord(address: string): readonly Annotation[] {
    const parsed = this.#index.all.length === 0 ? undefined : parseAddress(address);
    return parsed === undefined ? [] : this.#index.onSlot(parsed);
  }

  onRange(range: string, length: number): readonly Annotation[] {
    return this.#index.on({ range, length });
  }

  dispose(): void {
    this.#unsubscribe();
  }
}

/** A variable with what is noted on it. */
export function annotated(variable: DebugProtocol.Variable, notes: readonly Annotation[]): DebugProtocol.Variable {
  return notes.length === 0
    ? variable
    : { ...variable, value: `${variable.value}  ${noteWords(notes, LONGEST_VALUE)}` };
}

/** Notes in brackets on one line: `[suspicious: who wrote this?]`. */
export function noteWords(notes: readonly Annotation[], longest: number): string {
  return notes.map((note) => `[${oneLine(note, longest)}]`).join(' ');
}

/** A note as a variable of its own, with who wrote it and when. */
export function noteVariable(note: Annotation): DebugProtocol.Variable {
  const { author, changed } = note;
  const value = `${oneLine(note, LONGEST_VALUE)} (${plainText(author)}, ${changed.slice(0, 10)})`;
  return { name: 'note', value, type: note.mark, variablesReference: 0 };
}

/** Characters of a note beside a value, and beside a function in the call stack. */
const LONGEST_VALUE = 200;
export const LONGEST_IN_CALL_STACK = 60;

function oneLine({ mark, text }: Annotation, longest: number): string {
  const words = plainText(text);
  const shown = words.length > longest ? `${words.slice(0, longest - 1)}…` : words;
  const name = mark === 'noted' ? 'note' : mark;
  return shown === '' ? name : `${name}: ${shown}`;
}

/** Without line breaks, control characters and what turns the direction of text: a sidecar comes from anybody. */
function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}

function framesOf({ all }: AnnotationIndex): string {
  return JSON.stringify(all.filter(({ target }) => 'frame' in target && !('register' in target)));
}
