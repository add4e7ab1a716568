import type { DimensionValue, Finding } from '../../../src/shared/findings.js';
import { clockValues } from './clock.js';
import { EVERYTHING, withRange, withValues, type Range, type Selection } from './selection.js';
import type { TableColumn } from './table.js';

/** The crashes a finding speaks of: its subject's, where and when it says. */
export function selectionOf(finding: Finding, column: (name: string) => TableColumn | undefined): Selection {
  let selection = EVERYTHING;
  for (const name of ['label', 'kind', 'signature'] as const) {
    const text = finding[name];
    if (text !== undefined) selection = withValues(selection, name, { texts: [text], not: false });
  }
  const names = typeof finding.dimension === 'string' ? [finding.dimension] : finding.dimension;
  const values = Array.isArray(finding.value)
    ? (finding.value as readonly DimensionValue[])
    : [finding.value as DimensionValue];
  for (const [index, name] of names.entries()) {
    const value = values[index];
    if (name === 'time' || value === undefined) continue;
    const cut = column(name)?.type === 'numbers' && typeof value === 'string' ? cutOf(value) : undefined;
    if (cut) selection = withRange(selection, name, cut);
    else if (names.length === values.length)
      selection = withValues(selection, name, { texts: [String(value)], not: false });
  }
  if (finding.clock && column('time')) {
    const { name, texts } = clockValues(finding.clock);
    selection = withValues(selection, name, { texts, not: false });
  }
  const time = timeOf(finding);
  return time && column('time') ? withRange(selection, 'time', time) : selection;
}

/** `< 6`, `<= 6`, `> 6`, `>= 6` as from <= value < to. */
function cutOf(text: string): Range | undefined {
  const [, sign, digits] = /^\s*([<>]=?|[≤≥])\s*(-?[\d.]+(?:e[+-]?\d+)?)\s*$/i.exec(text) ?? [];
  const number = Number(digits);
  if (sign === undefined || digits === undefined || Number.isNaN(number)) return undefined;
  switch (sign) {
    case '<':
      return [-Infinity, number];
    case '<=':
    case '≤':
      return [-Infinity, after(number)];
    case '>':
      return [after(number), Infinity];
    default:
      return [number, Infinity];
  }
}

/** A number a little above: bounds of data are read from text and carry no more digits. */
function after(value: number): number {
  return value + Math.max(Math.abs(value), Number.MIN_VALUE) * Number.EPSILON * 2;
}

function timeOf({ start, end }: Finding): Range | undefined {
  if (start === undefined && end === undefined) return undefined;
  const from = start === undefined ? -Infinity : Date.parse(start);
  const to = end === undefined ? Infinity : Date.parse(end);
  return Number.isNaN(from) || Number.isNaN(to) ? undefined : [from, to];
}
