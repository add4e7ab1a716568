import type { AnnotatedCore, Annotation, AnnotationDraft, AnnotationFile } from '../../shared/annotations.js';
import { LONGEST_TEXT, targetWords } from '../../shared/annotations.js';
import { NO_ANNOTATIONS, parseSidecar, readTarget, SidecarError, sidecarText } from './annotationFile.js';
import { codeOf, replaceLocked } from './lockedFile.js';
import { mergeFiles } from './mergeAnnotations.js';
import { readSidecars } from './readSidecars.js';
import { UndoHistory } from './undoHistory.js';

/** Which core a store is for. */
export interface AnnotatedIdentity {
  readonly identity: string;
  readonly about: string;
}

/** Where a store keeps what it is told, and who tells it. */
export interface StoreOptions {
  /** Of the sidecars, best first. */
  readonly places: readonly string[];
  readonly author: () => string;
  readonly now: () => Date;
  readonly newId: () => string;
}

/**
 * The annotations of one core. Every change is written at once, on top of what the file holds at that moment, so that windows and people
 * do not undo each other's work; undoing takes back one's own changes only, and not where somebody else has changed the same since.
 */
export class AnnotationStore {
  readonly #core: AnnotatedIdentity;
  readonly #options: StoreOptions;
  readonly #history = new UndoHistory();
  readonly #listeners = new Set<() => void>();
  #known: AnnotationFile = NO_ANNOTATIONS;
  #problems: readonly string[] = [];
  #busy: Promise<unknown> = Promise.resolve();

  constructor(core: AnnotatedIdentity, options: StoreOptions) {
    this.#core = core;
    this.#options = options;
    this.reload();
  }

  /** In the order in which they were written. */
  get annotations(): readonly Annotation[] {
    return this.#own().annotations;
  }

  /** Why what is shown may not be all there is. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** How many annotations the files hold of cores that lay in the same place before. */
  get ofOthers(): number {
    return this.#known.cores.reduce(
      (sum, core) => sum + (core.identity === this.#core.identity ? 0 : core.annotations.length),
      0,
    );
  }

  get canUndo(): boolean {
    return this.#history.canUndo;
  }

  get canRedo(): boolean {
    return this.#history.canRedo;
  }

  /** Called after every change, whoever made it; the return value unsubscribes. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads the files again: another window may have written. */
  reload(): void {
    const { file, problems } = readSidecars(this.#options.places);
    const changed = sidecarText(file) !== sidecarText(this.#known) || problems.join() !== this.#problems.join();
    this.#known = file;
    this.#problems = problems;
    if (changed) this.#tell();
  }

  /**
   * Writes a new annotation, or another version of one.
   *
   * @throws Error whose message is one sentence
   */
  async write(draft: AnnotationDraft): Promise<Annotation> {
    const target = readTarget(draft.target);
    if (target === undefined) throw new Error('there is nothing here that can be annotated');
    const id = draft.id ?? this.#options.newId();
    return this.#change(`note on ${targetWords(target)}`, id, (before) => {
      if (draft.id !== undefined && before === undefined) throw new Error('this note has been deleted meanwhile');
      const about = draft.about ?? before?.about;
      return {
        target: before?.target ?? target,
        mark: draft.mark,
        text: draft.text.slice(0, LONGEST_TEXT),
        ...(about === undefined ? {} : { about: about.slice(0, 500) }),
      };
    }).then((written) => {
      if (written === undefined) throw new Error('the note was not written');
      return written;
    });
  }

  /** Deletes an annotation; nothing happens where it is gone already. */
  async delete(id: string): Promise<void> {
    const before = this.annotations.find((annotation) => annotation.id === id);
    if (before === undefined) return;
    await this.#change(`deletion of the note on ${targetWords(before.target)}`, id, () => undefined);
  }

  /** @returns what was undone, in words; undefined where there is nothing to undo */
  undo(): Promise<string | undefined> {
    return this.#step('undo');
  }

  /** @returns what was done again, in words */
  redo(): Promise<string | undefined> {
    return this.#step('redo');
  }

  async #step(direction: 'undo' | 'redo'): Promise<string | undefined> {
    const step = this.#history.peek(direction);
    if (step === undefined) return undefined;
    const wanted = direction === 'undo' ? step.before : step.after;
    let after: Annotation | undefined;
    try {
      after = await this.#put(step.id, (_current, revision) => {
        if (revision !== step.revision) throw new Error('somebody else has changed this note since');
        return wanted;
      });
    } catch (error) {
      // It can never be taken back any more: the one before can.
      this.#history.drop(direction);
      throw error;
    }
    this.#history.move(direction, this.#revisionOf(step.id), after);
    this.#tell();
    return step.words;
  }

  async #change(
    words: string,
    id: string,
    contents: (before: Annotation | undefined) => Contents | undefined,
  ): Promise<Annotation | undefined> {
    let before: Annotation | undefined;
    const after = await this.#put(id, (current) => {
      before = current;
      return contents(current);
    });
    this.#history.add({ id, words, before, after, revision: this.#revisionOf(id) });
    this.#tell();
    return after;
  }

  /** One change at a time, each on what is in the file when it is its turn. */
  #put(id: string, contents: Decide): Promise<Annotation | undefined> {
    const run = this.#busy.then(() => this.#putNow(id, contents));
    this.#busy = run.catch(() => undefined);
    return run;
  }

  async #putNow(id: string, contents: Decide): Promise<Annotation | undefined> {
    let reason: unknown;
    for (const place of this.#options.places) {
      try {
        await replaceLocked(place, (text) => {
          const stored = text === undefined ? NO_ANNOTATIONS : parseSidecar(text, place);
          // What is known from the other places goes along, so that each file says everything.
          const merged = mergeFiles(stored, this.#known);
          const own = this.#versionsIn(merged);
          const current = own.annotations.find((annotation) => annotation.id === id);
          const next = this.#next(own, current, id, contents(current, revisionIn(own, id)));
          this.#known = mergeFiles(merged, { schema: 1, cores: [next] });
          return sidecarText(this.#known);
        });
        return this.annotations.find((annotation) => annotation.id === id);
      } catch (error) {
        if (!isUnwritable(error)) throw error;
        reason ??= error;
      }
    }
    const tried = this.#options.places.join(' and ');
    const why =
      tried === '' ? 'nothing can be kept beside it' : `${tried} cannot be written (${codeOf(reason) ?? 'no place'})`;
    throw new SidecarError(
      `the note cannot be kept: ${why}. Open a folder as workspace, and notes go into its .redzone folder`,
    );
  }

  #next(
    own: AnnotatedCore,
    current: Annotation | undefined,
    id: string,
    contents: Contents | Annotation | undefined,
  ): AnnotatedCore {
    const changed = this.#options.now().toISOString();
    const author = this.#options.author();
    const revision = revisionIn(own, id) + 1;
    if (contents === undefined) {
      return { ...this.#core, annotations: [], deleted: [{ id, revision, author, changed }] };
    }
    const { target, mark, text, about } = contents;
    // What is taken back is again what it was, and whose it was.
    const restored = 'created' in contents ? contents : undefined;
    const annotation: Annotation = {
      id,
      target,
      mark,
      text,
      author: restored?.author ?? author,
      created: restored?.created ?? current?.created ?? changed,
      changed,
      revision,
      ...(about === undefined ? {} : { about }),
    };
    return { ...this.#core, annotations: [annotation], deleted: [] };
  }

  #own(): AnnotatedCore {
    return this.#versionsIn(this.#known);
  }

  #versionsIn(file: AnnotationFile): AnnotatedCore {
    const known = file.cores.find((core) => core.identity === this.#core.identity);
    return known ?? { ...this.#core, annotations: [], deleted: [] };
  }

  #revisionOf(id: string): number {
    return revisionIn(this.#own(), id);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

type Contents = Pick<Annotation, 'target' | 'mark' | 'text' | 'about'>;

/** What an annotation shall be, given what it is; undefined deletes it. */
type Decide = (current: Annotation | undefined, revision: number) => Contents | Annotation | undefined;

/** Of the latest version, deleted or not; 0 where there never was one. */
function revisionIn(core: AnnotatedCore, id: string): number {
  const version = [...core.annotations, ...core.deleted].find((each) => each.id === id);
  return version?.revision ?? 0;
}

function isUnwritable(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOENT' || code === 'ENOTDIR';
}
