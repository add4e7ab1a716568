import {
  utcDay,
  utcHour,
  utcMinute,
  utcMonth,
  utcSecond,
  utcMonday,
  utcYear,
  type CountableTimeInterval,
} from 'd3-time';
import { extent } from '../../../src/shared/extent.js';

/** The axis of the timeline, cut at round times of UTC. Code 0 is for rows that lie outside or have no time. */
export interface TimeBins {
  readonly codes: Uint16Array;
  readonly size: number;
  /** Borders in milliseconds since 1970: bin i, code i + 1, reaches from border i to border i + 1. */
  readonly borders: readonly number[];
  /** What a bin is: `hour`, `6 hours`, `day`... */
  readonly unit: string;
}

const MOST_BINS = 160;

/** From the finest on: the first that needs no more than `MOST_BINS` bins is taken. */
const UNITS: readonly { readonly name: string; readonly every: CountableTimeInterval; readonly step: number }[] = [
  { name: 'second', every: utcSecond, step: 1 },
  { name: '10 seconds', every: utcSecond, step: 10 },
  { name: 'minute', every: utcMinute, step: 1 },
  { name: '10 minutes', every: utcMinute, step: 10 },
  { name: 'hour', every: utcHour, step: 1 },
  { name: '3 hours', every: utcHour, step: 3 },
  { name: '6 hours', every: utcHour, step: 6 },
  { name: '12 hours', every: utcHour, step: 12 },
  { name: 'day', every: utcDay, step: 1 },
  { name: 'week', every: utcMonday, step: 1 },
  { name: 'month', every: utcMonth, step: 1 },
  { name: '3 months', every: utcMonth, step: 3 },
  { name: 'year', every: utcYear, step: 1 },
];

/** Bins of all times, or of those within `range`; `undefined` where no row has a time. */
export function timeBins(values: Float64Array, range?: readonly [from: number, to: number]): TimeBins | undefined {
  const [low, high] = range ? within(values, range) : extent(values);
  if (!(low <= high)) return undefined;
  for (const { name, every, step } of UNITS) {
    const borders = bordersOf(low, high, every, step);
    if (borders) return { codes: codesOf(values, borders), size: borders.length, borders, unit: name };
  }
  return undefined;
}

function bordersOf(low: number, high: number, every: CountableTimeInterval, step: number): number[] | undefined {
  // Of hours every third, counted from midnight: a border lies at the same hour each day.
  const interval = step === 1 ? every : every.every(step);
  if (!interval) return undefined;
  const borders = [interval.floor(new Date(low))];
  for (;;) {
    const last = borders[borders.length - 1];
    if (!last || last.getTime() > high) break;
    if (borders.length > MOST_BINS) return undefined;
    borders.push(interval.ceil(new Date(last.getTime() + 1)));
  }
  return borders.map(Number);
}

function codesOf(values: Float64Array, borders: readonly number[]): Uint16Array {
  const codes = new Uint16Array(values.length);
  const first = borders[0] ?? 0;
  const last = borders[borders.length - 1] ?? 0;
  const mean = (last - first) / (borders.length - 1);
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? NaN;
    if (!(value >= first && value < last)) continue;
    // Months differ in length: a guess, and a step or two from there.
    let bin = Math.min(Math.floor((value - first) / mean), borders.length - 2);
    while (value < (borders[bin] ?? -Infinity)) bin--;
    while (value >= (borders[bin + 1] ?? Infinity)) bin++;
    codes[row] = bin + 1;
  }
  return codes;
}

function within(values: Float64Array, [from, to]: readonly [number, number]): [number, number] {
  const [low, high] = extent(values);
  return [Math.max(low, from), Math.min(high, to - 1)];
}
