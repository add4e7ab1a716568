import { FormatError } from '../../base/byteCursor.js';
import type { Diagnostics } from '../../base/diagnostics.js';
import type { FrameSection } from './frameSection.js';
import { PC_RELATIVE_I32 } from './pointerEncoding.js';

/** More than the largest browser has. */
const MOST_FUNCTIONS = 1 << 22;

/** Where the functions of a section start, in ascending order, made by one pass over it. */
export class FrameIndex {
  readonly #starts: Float64Array;
  readonly #offsets: Float64Array;

  /**
   * @param starts relative to the section's link address, exact as doubles
   * @param offsets of the FDEs in the section
   */
  private constructor(starts: Float64Array, offsets: Float64Array) {
    this.#starts = starts;
    this.#offsets = offsets;
  }

  get size(): number {
    return this.#starts.length;
  }

  /** Entries that cannot be read are left out; an entry whose length is nonsense ends the pass. */
  static build(section: FrameSection, diagnostics?: Diagnostics): FrameIndex {
    const starts: number[] = [];
    const offsets: number[] = [];
    let sorted = true;
    let last = -Infinity;
    const end = section.section.bytes.length;
    for (let offset = 0; offset + 4 <= end && starts.length < MOST_FUNCTIONS;) {
      let next: number;
      try {
        const header = section.header(offset);
        next = header === undefined ? offset + 4 : header.end;
        if (header?.commonOffset !== undefined) {
          const start = startOf(section, offset, header.body, header.commonOffset);
          if (start !== undefined) {
            starts.push(start);
            offsets.push(offset);
            if (start < last) sorted = false;
            last = start;
          }
        }
      } catch (problem) {
        if (!(problem instanceof FormatError)) throw problem;
        diagnostics?.report('bad-cfi', `${section.context.name}: ${problem.message}`, problem.offset);
        const after = endOf(section, offset);
        if (after === undefined) break;
        next = after;
      }
      offset = next;
    }
    if (sorted) return new FrameIndex(Float64Array.from(starts), Float64Array.from(offsets));
    const order = Uint32Array.from(starts, (_, i) => i);
    order.sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0) || a - b);
    return new FrameIndex(
      Float64Array.from(order, (i) => starts[i] ?? 0),
      Float64Array.from(order, (i) => offsets[i] ?? 0),
    );
  }

  /**
   * Offsets of the FDEs that start nearest at or before `distance` (link address minus that of the section): more than one when
   * several start at the same address, as the remains of discarded functions do.
   */
  candidates(distance: number): number[] {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? Infinity) <= distance) low = middle + 1;
      else high = middle;
    }
    const found: number[] = [];
    const start = this.#starts[low - 1];
    for (let i = low - 1; i >= 0 && this.#starts[i] === start && found.length < 16; i--)
      found.push(this.#offsets[i] ?? 0);
    return found;
  }
}

/** Relative to the section; `undefined` when unknown or further than a double can tell. */
function startOf(section: FrameSection, offset: number, body: number, commonOffset: number): number | undefined {
  const common = section.common(commonOffset);
  if (common.pointerEncoding === PC_RELATIVE_I32 && common.segmentSize === 0) {
    const relative = section.displacement(body);
    return relative === 0 ? undefined : body + relative;
  }
  const entry = section.entry(offset);
  if (entry === undefined || entry.end <= entry.start) return undefined;
  const distance = Number(BigInt.asIntN(64, entry.start - section.section.address));
  return Number.isSafeInteger(distance) ? distance : undefined;
}

function endOf(section: FrameSection, offset: number): number | undefined {
  try {
    return section.header(offset)?.end;
  } catch {
    return undefined;
  }
}
