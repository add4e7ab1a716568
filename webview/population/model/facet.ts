import type { Codes, NumberColumn, TextColumn } from './table.js';

/**
 * A column by which rows are counted and chosen: its values, or bins of its numbers. Code 0 is "no value"; a facet without rows that
 * lack one has it all the same.
 */
export interface Facet {
  readonly name: string;
  readonly codes: Codes;
  /** Codes from 0 to `size` - 1. */
  readonly size: number;
  /** In words; empty for no value. */
  text(code: number): string;
  /** The code of a text that `text` gave; `undefined` where there is none. */
  codeOf(text: string): number | undefined;
  /** Of numbers: which ones each code stands for. */
  readonly bins?: readonly NumberBin[];
}

/** `from` <= value < `to`; the last one holds its `to` as well. */
export interface NumberBin {
  readonly from: number;
  readonly to: number;
}

/** A column's values as they are. */
export function facetOfTexts(column: TextColumn): Facet {
  const { dictionary } = column;
  return {
    name: column.name,
    codes: column.codes,
    size: dictionary.size + 1,
    text: (code) => dictionary.text(code),
    codeOf: (text) => dictionary.codeOf(text),
  };
}

/** Values that a numeric column may have and still be shown one by one: core counts, versions, exit codes. */
const FEW = 12;
const BINS = 8;

/** A column's numbers: each value where they are few, otherwise bins with round borders, by powers of ten where they span many. */
export function facetOfNumbers(column: NumberColumn): Facet {
  const few = fewValues(column.values);
  const bins = few?.map((value) => ({ from: value, to: value })) ?? roundBins(column.values);
  const codes = new Uint8Array(column.values.length);
  for (let row = 0; row < codes.length; row++) codes[row] = binOf(bins, column.values[row] ?? NaN);
  const texts = bins.map(({ from, to }) => (from === to ? String(from) : `${from} to ${to}`));
  return {
    name: column.name,
    codes,
    size: bins.length + 1,
    text: (code) => texts[code - 1] ?? '',
    codeOf: (text) => {
      const index = texts.indexOf(text);
      return index < 0 ? undefined : index + 1;
    },
    bins,
  };
}

function binOf(bins: readonly NumberBin[], value: number): number {
  for (let index = bins.length - 1; index >= 0; index--) if (value >= (bins[index]?.from ?? NaN)) return index + 1;
  return 0;
}

function fewValues(values: Float64Array): number[] | undefined {
  const seen = new Set<number>();
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    seen.add(value);
    if (seen.size > FEW) return undefined;
  }
  return [...seen].sort((a, b) => a - b);
}

function roundBins(values: Float64Array): NumberBin[] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(low < high)) return [];
  const borders = low > 0 && high / low > 1000 ? powers(low, high) : steps(low, high);
  return borders.slice(1).map((to, index) => ({ from: borders[index] ?? to, to }));
}

function steps(low: number, high: number): number[] {
  const step = roundStep((high - low) / BINS);
  const first = Math.floor(low / step);
  const borders = [];
  // Products and not sums, which would gather errors in the last digits.
  for (let index = first; (index - 1) * step < high; index++) borders.push(tidy(index * step));
  return borders;
}

function powers(low: number, high: number): number[] {
  const borders = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** (power - 1) < high; power++) borders.push(tidy(10 ** power));
  return borders;
}

function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
}

function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
