import { cellText } from './cellText.js';
import { epochMilliseconds } from '../../population/table/instant.js';
import type { ColumnType, ColumnValue } from '../../shared/dataset.js';

/** A column of a table with the narrowest type that fits all of it. Empty cells are no values. */
export function typedColumn(cells: readonly unknown[]): {
  readonly type: ColumnType;
  readonly values: readonly ColumnValue[];
} {
  // Not `map`: cells that a row lacks are holes.
  const present = Array.from(cells, (cell) => (cell === '' || cell === null ? undefined : cell));
  const type = areVersions(present)
    ? undefined
    : (['boolean', 'integer', 'number', 'time'] as const).find((candidate) =>
        present.every((cell) => cell === undefined || READ[candidate](cell) !== undefined),
      );
  const read = type === undefined || present.every((cell) => cell === undefined) ? cellText : READ[type];
  return {
    type: read === cellText ? 'text' : (type ?? 'text'),
    values: present.map((cell) => (cell === undefined ? undefined : read(cell))),
  };
}

/** Numbers that end in zeros and have now one digit behind the point, now two, are versions: 5.10 is not 5.1. */
function areVersions(cells: readonly unknown[]): boolean {
  const decimals = new Set<number>();
  let zeros = false;
  for (const cell of cells) {
    const digits = typeof cell === 'string' ? /^\d+\.(\d+)$/.exec(cell.trim())?.[1] : undefined;
    if (digits === undefined) continue;
    decimals.add(digits.length);
    if (/\d0$/.test(digits)) zeros = true;
  }
  return zeros && decimals.size > 1;
}

type Read = (cell: unknown) => ColumnValue;

/** A code with leading zeros is no number. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i;
/** A time that is written as one; plain numbers stay numbers. */
const TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}|$)/;

const READ: Readonly<Record<'boolean' | 'integer' | 'number' | 'time', Read>> = {
  boolean: (cell) =>
    typeof cell === 'boolean' ? cell : cell === 'true' || cell === 'false' ? cell === 'true' : undefined,
  integer: (cell) => {
    const value = numberOf(cell);
    return value !== undefined && Number.isSafeInteger(value) ? value : undefined;
  },
  number: numberOf,
  time: (cell) => {
    const time =
      cell instanceof Date || (typeof cell === 'string' && TIME.test(cell.trim()))
        ? epochMilliseconds(cell)
        : undefined;
    return time === undefined ? undefined : new Date(time);
  },
};

function numberOf(cell: unknown): number | undefined {
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : undefined;
  if (typeof cell === 'bigint') return Number(cell);
  const text = typeof cell === 'string' ? cell.trim() : '';
  // More digits than a number keeps are a name.
  return NUMBER.test(text) && text.length < 17 ? Number(text) : undefined;
}
