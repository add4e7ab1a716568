import type { Annotation } from '../../shared/annotations.js';

/** Changes of one reader that can be taken back, and those that were. */
export class UndoHistory {
  readonly #done: Step[] = [];
  readonly #undone: Step[] = [];

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** A new change: what was undone cannot be done again on top of it. */
  add(step: Step): void {
    const earlier = this.#done.findLast((other) => other.id === step.id);
    if (earlier !== undefined) {
      const isOnTop = earlier.revision === step.before?.revision;
      // Somebody else was there in between: what lies below is not ours to take back any more.
      const kept = this.#done.filter((other) => isOnTop || other.id !== step.id);
      this.#done.splice(
        0,
        this.#done.length,
        ...kept.map((other) => (other.id === step.id ? { ...other, revision: step.revision } : other)),
      );
    }
    this.#done.push(step);
    if (this.#done.length > MOST_STEPS) this.#done.shift();
    this.#undone.length = 0;
  }

  /** The step that would be undone or done again next. */
  peek(direction: 'undo' | 'redo'): Step | undefined {
    return (direction === 'undo' ? this.#done : this.#undone).at(-1);
  }

  /** Forgets the step that cannot be taken. */
  drop(direction: 'undo' | 'redo'): void {
    (direction === 'undo' ? this.#done : this.#undone).pop();
  }

  /** Notes that the step was taken, which left its annotation at `revision`. */
  move(direction: 'undo' | 'redo', revision: number, now: Annotation | undefined): void {
    const [from, to] = direction === 'undo' ? [this.#done, this.#undone] : [this.#undone, this.#done];
    const step = from.pop();
    if (step === undefined) return;
    to.push({ ...step, revision, ...(direction === 'undo' ? { before: now } : { after: now }) });
    // Earlier steps on the same annotation stand on this version now.
    for (const steps of [this.#done, this.#undone]) {
      steps.forEach((other, index) => {
        if (other.id === step.id) steps[index] = { ...other, revision };
      });
    }
  }
}

/** One change of one annotation. */
export interface Step {
  readonly id: string;
  readonly words: string;
  readonly before: Annotation | undefined;
  readonly after: Annotation | undefined;
  /** Of the annotation after the latest change of ours: any other number means that somebody else was there. */
  readonly revision: number;
}

const MOST_STEPS = 200;
