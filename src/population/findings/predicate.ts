import { hourOfWeek } from '../../shared/hourOfWeek.js';
import type { Dimension, Measure } from './fleet.js';
import type { EdgeInterval } from './possibleEdges.js';

/** A condition on a crash: true, false, or unknown where the column is empty. */
export type Predicate =
  | { readonly form: 'value'; readonly dimension: Dimension; readonly code: number }
  | { readonly form: 'pair'; readonly first: ValuePredicate; readonly second: ValuePredicate }
  /** From `low` up to, not including, `high`. */
  | {
      readonly form: 'range';
      readonly measure: Measure;
      readonly low: number;
      readonly high: number;
      /** Between which values each edge may lie, where that was worked out. */
      readonly lowBetween?: EdgeInterval;
      readonly highBetween?: EdgeInterval;
    }
  /** Hours of the day (0 to 23) or of the week (0 is Monday, 0 h) in UTC, from `from` up to, not including, `to`, around the clock. */
  | {
      readonly form: 'clock';
      readonly time: Measure;
      readonly period: 'day' | 'week';
      readonly from: number;
      readonly to: number;
    };

export type ValuePredicate = Extract<Predicate, { form: 'value' }>;
export type PairPredicate = Extract<Predicate, { form: 'pair' }>;
export type ClockPredicate = Extract<Predicate, { form: 'clock' }>;
export type RangePredicate = Extract<Predicate, { form: 'range' }>;

export const INSIDE = 1;
export const OUTSIDE = 0;
export const UNKNOWN = 2;

/** For each episode INSIDE, OUTSIDE or UNKNOWN. */
export function sidesOf(predicate: Predicate, episodes: number): Uint8Array {
  const sides = new Uint8Array(episodes);
  switch (predicate.form) {
    case 'value': {
      const { codes } = predicate.dimension;
      for (let i = 0; i < episodes; i++) sides[i] = sideOfCode(codes[i] ?? -1, predicate.code);
      return sides;
    }
    case 'pair': {
      const { first, second } = predicate;
      for (let i = 0; i < episodes; i++)
        sides[i] = both(
          sideOfCode(first.dimension.codes[i] ?? -1, first.code),
          sideOfCode(second.dimension.codes[i] ?? -1, second.code),
        );
      return sides;
    }
    case 'range': {
      const { values } = predicate.measure;
      for (let i = 0; i < episodes; i++) sides[i] = sideOfNumber(values[i] ?? NaN, predicate);
      return sides;
    }
    case 'clock': {
      const { values } = predicate.time;
      for (let i = 0; i < episodes; i++) sides[i] = sideOfClock(values[i] ?? NaN, predicate);
      return sides;
    }
  }
}

/** The same for one row of the table. */
export function sideOfRow(predicate: Predicate, row: number): number {
  switch (predicate.form) {
    case 'value':
      return sideOfCode(predicate.dimension.column.codes[row] ?? -1, predicate.code);
    case 'pair':
      return both(sideOfRow(predicate.first, row), sideOfRow(predicate.second, row));
    case 'range':
      return sideOfNumber(predicate.measure.column.values[row] ?? NaN, predicate);
    case 'clock':
      return sideOfClock(predicate.time.column.values[row] ?? NaN, predicate);
  }
}

/** Names of the columns it speaks of. */
export function namesOf(predicate: Predicate): readonly string[] {
  switch (predicate.form) {
    case 'value':
      return [predicate.dimension.name];
    case 'pair':
      return [predicate.first.dimension.name, predicate.second.dimension.name];
    case 'range':
      return [predicate.measure.name];
    case 'clock':
      return [predicate.time.name];
  }
}

function sideOfClock(at: number, { period, from, to }: ClockPredicate): number {
  if (Number.isNaN(at)) return UNKNOWN;
  const size = period === 'day' ? 24 : 168;
  const hour = hourOfWeek(at) % size;
  return (hour - from + size) % size < (to - from + size) % size ? INSIDE : OUTSIDE;
}

function sideOfCode(code: number, wanted: number): number {
  return code === wanted ? INSIDE : code >= 0 ? OUTSIDE : UNKNOWN;
}

function sideOfNumber(value: number, { low, high }: RangePredicate): number {
  return Number.isNaN(value) ? UNKNOWN : value >= low && value < high ? INSIDE : OUTSIDE;
}

function both(first: number, second: number): number {
  if (first === OUTSIDE || second === OUTSIDE) return OUTSIDE;
  return first === UNKNOWN || second === UNKNOWN ? UNKNOWN : INSIDE;
}
