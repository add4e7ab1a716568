import { FormatError } from '../../base/byteCursor.js';
import type { CfaRule, RegisterRule } from './cfiRow.js';
import type { CommonEntry } from './commonEntry.js';
import type { FrameEntry, FrameSection } from './frameSection.js';
import { runInstructions, type RowState } from './instructions.js';

/** The rows of one function. Offsets count from its start; row `i` holds from `starts[i]` up to `starts[i + 1]` or `length`. */
export interface DecodedRows {
  readonly starts: readonly number[];
  /** `undefined` where no CFA is defined. */
  readonly rows: readonly (DecodedRow | undefined)[];
  /** Where the last row ends: the length of the function, less when its instructions could not be read to the end. */
  readonly length: number;
  /** Why they could not. */
  readonly problem?: FormatError;
  /** Rules held in all, as a measure of memory. */
  readonly cells: number;
}

export interface DecodedRow {
  readonly cfa: CfaRule;
  readonly rules: ReadonlyMap<number, RegisterRule>;
}

/** Bounds what one FDE may make us hold; the largest interpreters' main loops need a few ten thousand. */
const MOST_CELLS = 1 << 19;

/** Runs the instructions of a section's FDEs (DWARF 5 §6.4.3). */
export class RowDecoder {
  readonly #initialStates = new WeakMap<CommonEntry, RowState>();

  constructor(private readonly section: FrameSection) {}

  /** Never throws. */
  decode(entry: FrameEntry): DecodedRows {
    const { section } = this;
    const starts: number[] = [];
    const rows: (DecodedRow | undefined)[] = [];
    const functionLength = Number(entry.end - entry.start);
    const cells = new CellCount();
    let location = 0;
    const state: RowState = { cfa: undefined, rules: new Map(), shared: false };
    /** The current rules hold from `location` up to `next`. */
    const close = (next: number): void => {
      if (next <= location || location >= functionLength) return;
      cells.add(4);
      starts.push(location);
      rows.push(state.cfa === undefined ? undefined : { cfa: state.cfa, rules: state.rules });
      state.shared = true;
      location = next;
    };
    try {
      const initial = this.#initialState(entry.common);
      state.cfa = initial.cfa;
      state.rules = initial.rules;
      state.shared = true;
      runInstructions({
        cursor: section.cursor(entry.instructionsStart, entry.instructionsEnd),
        common: entry.common,
        bases: { ...section.bases(entry.common.addressSize), functionStart: entry.start },
        initialRules: initial.rules,
        state,
        copied: (count) => {
          cells.add(count);
        },
        advance: (delta) => {
          close(location + delta);
        },
        setLocation: (address) => {
          const next = Number(BigInt.asIntN(64, address - entry.start));
          if (next < location) throw new FormatError('bad-location', 'call-frame location goes backwards', entry.start);
          close(next);
        },
      });
      close(functionLength);
    } catch (problem) {
      if (!(problem instanceof FormatError)) throw problem;
      return { starts, rows, length: Math.min(location, functionLength), problem, cells: cells.count };
    }
    return { starts, rows, length: functionLength, cells: cells.count };
  }

  /** What the CIE's instructions leave: the first row of each of its functions. */
  #initialState(common: CommonEntry): RowState {
    const known = this.#initialStates.get(common);
    if (known !== undefined) return known;
    const state: RowState = { cfa: undefined, rules: new Map(), shared: false };
    const cells = new CellCount();
    runInstructions({
      cursor: this.section.cursor(common.instructionsStart, common.instructionsEnd),
      common,
      bases: this.section.bases(common.addressSize),
      initialRules: new Map(),
      state,
      copied: (count) => {
        cells.add(count);
      },
      // A CIE has no location; an advance in it means nothing.
      advance: () => undefined,
      setLocation: () => undefined,
    });
    this.#initialStates.set(common, state);
    return state;
  }
}

class CellCount {
  count = 0;

  add(count: number): void {
    this.count += count;
    if (this.count > MOST_CELLS) throw new FormatError('too-many-rows', 'call-frame entry with too many rows');
  }
}
