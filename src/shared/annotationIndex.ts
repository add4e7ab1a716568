import { type Annotation, targetKey, type AnnotationTarget } from './annotations.js';
import type { AnnotationState } from './protocol.js';
import type { FrameRow } from './report.js';

/** The annotations of a core, ready to be looked up by whatever a row shows. */
export class AnnotationIndex {
  readonly all: readonly Annotation[];
  readonly problems: readonly string[];
  readonly ofOthers: number;
  readonly #byTarget = new Map<string, Annotation[]>();
  readonly #ranges: { readonly start: bigint; readonly end: bigint; readonly annotation: Annotation }[] = [];

  constructor(state: AnnotationState) {
    this.all = state.annotations;
    this.problems = state.problems;
    this.ofOthers = state.ofOthers;
    for (const annotation of state.annotations) {
      const { target } = annotation;
      const key = targetKey(target);
      const known = this.#byTarget.get(key);
      if (known === undefined) this.#byTarget.set(key, [annotation]);
      else known.push(annotation);
      if ('range' in target) {
        const start = BigInt(target.range);
        this.#ranges.push({ start, end: start + BigInt(target.length), annotation });
      }
    }
  }

  /** On exactly this, oldest first. */
  on(target: AnnotationTarget | undefined): readonly Annotation[] {
    return target === undefined ? [] : (this.#byTarget.get(targetKey(target)) ?? []);
  }

  /** On the word at an address of the stack, or on a range that it lies in. */
  onSlot(address: bigint): readonly Annotation[] {
    const own = this.#byTarget.get(`slot ${address.toString(16)}`);
    if (this.#ranges.length === 0) return own ?? [];
    return [...(own ?? []), ...this.onByte(address)];
  }

  /** Ranges that hold the byte at an address. */
  onByte(address: bigint): readonly Annotation[] {
    return this.#ranges
      .filter(({ start, end }) => address >= start && address < end)
      .map(({ annotation }) => annotation);
  }

  onFrame(tid: number | undefined, physical: number, frame: FrameRow): readonly Annotation[] {
    if (tid === undefined || this.all.length === 0) return [];
    return this.on(frameTarget(tid, physical, frame));
  }
}

/** What a note on a frame is tied to. */
export function frameTarget(tid: number, physical: number, frame: FrameRow): AnnotationTarget {
  return {
    frame: physical,
    tid,
    pc: frame.pc,
    ...(frame.function === undefined ? {} : { function: frame.function }),
  };
}

/** Nothing written. */
export const NO_ANNOTATIONS = new AnnotationIndex({ annotations: [], problems: [], ofOthers: 0 });
