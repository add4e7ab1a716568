import type { WordPosition, WordTable } from './wordTable.js';

/** To which cohort a crash belongs. */
export const OTHER = 0;
export const CASE = 1;
export const NEITHER = 2;

/** Two groups of crashes, told apart for each row of the table of crashes. */
export interface Cohorts {
  /** OTHER, CASE or NEITHER for each row. */
  readonly of: Uint8Array;
  /** For each entry of the word table its episode. */
  readonly episodes: Int32Array;
}

/**
 * What is counted for p-values: crashes of one episode and cohort are one, since a process that is started again and dies again the
 * same way says nothing new. A unit has, at each position, the word of its first core that knows it.
 */
export interface Units {
  readonly count: number;
  /** Of them, cases. */
  readonly cases: number;
  /** For each unit whether it is of the cases. */
  readonly isCase: Uint8Array;
  /** For each entry its unit; -1 for an entry of neither cohort. */
  readonly of: Int32Array;
}

export function unitsOf(words: WordTable, { of, episodes }: Cohorts): Units {
  const numberOf = new Map<number, number>();
  const isCase: number[] = [];
  const units = words.rows.map((row, entry) => {
    const cohort = of[row] ?? NEITHER;
    if (cohort === NEITHER) return -1;
    const key = (episodes[entry] ?? entry) * 2 + cohort;
    let unit = numberOf.get(key);
    if (unit === undefined) {
      unit = isCase.length;
      isCase.push(cohort);
      numberOf.set(key, unit);
    }
    return unit;
  });
  return {
    count: isCase.length,
    cases: isCase.filter((cohort) => cohort === CASE).length,
    isCase: Uint8Array.from(isCase),
    of: units,
  };
}

/** For each unit the code of its word at a position; -1 where it is not known. */
export function unitCodes({ codes }: WordPosition, units: Units): Int32Array {
  const own = new Int32Array(units.count).fill(-1);
  units.of.forEach((unit, entry) => {
    if (unit >= 0 && own[unit] === -1) own[unit] = codes[entry] ?? -1;
  });
  return own;
}
