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
    return [...(own ?? []), ...this.#overlapping(address, address + 8n)];
  }

  /** On anything in `length` bytes from an address: words of a stack, and ranges that reach into them. */
  within(address: bigint, length: number): readonly Annotation[] {
    if (this.all.length === 0) return [];
    const found: Annotation[] = [];
    for (let at = address; at < address + BigInt(length); at += 8n)
      found.push(...(this.#byTarget.get(`slot ${at.toString(16)}`) ?? []));
    return [...found, ...this.#overlapping(address, address + BigInt(length))];
  }

  /** Ranges that hold the byte at an address. */
  onByte(address: bigint): readonly Annotation[] {
    return this.#overlapping(address, address + 1n);
  }

  #overlapping(from: bigint, to: bigint): readonly Annotation[] {
    return this.#ranges.filter(({ start, end }) => from < end && to > start).map(({ annotation }) => annotation);
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
