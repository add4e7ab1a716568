import type { CategoryColumn, Column, ColumnTable, NumberColumn } from '../../shared/columnTable.js';
import type { Predicate } from '../findings/predicate.js';
import { hourOfWeek } from '../../shared/hourOfWeek.js';

/** How much ran where: host-hours, requests... by the columns that the crashes have too. */
export interface Exposure {
  /** Name of the column that says how much. */
  readonly unit: string;
  readonly total: number;
  /** Columns by which it is told. */
  readonly names: ReadonlySet<string>;
  /** How much ran by value of a column, as text; undefined where the table has no such column. */
  readonly amounts: (name: string) => ReadonlyMap<string, number> | undefined;
  /** How much ran inside and outside of a condition; undefined where the table does not tell. */
  readonly under: (predicate: Predicate) => { readonly inside: number; readonly outside: number } | undefined;
}

const LIKELY = /hours?|requests?|seconds?|minutes?|days?|exposure|calls|runs|starts|launches|executions|amount/i;

/** Why a table cannot be an exposure table: one sentence. */
export class ExposureProblem extends Error {}

/**
 * @param dimensions names of the columns of the crashes
 * @param wanted the column that says how much, where its name does not tell
 * @throws an ExposureProblem
 */
export function exposureOf(table: ColumnTable, dimensions: ReadonlySet<string>, wanted?: string): Exposure {
  const shared = table.columns.filter(({ name }) => dimensions.has(name) || name === 'time');
  const numbers = table.columns.filter(
    (column): column is NumberColumn =>
      column.type === 'number' && column.name !== 'time' && !dimensions.has(column.name),
  );
  const unit =
    wanted === undefined
      ? (numbers.find(({ name }) => LIKELY.test(name)) ?? numbers[0])
      : table.columns.find((column): column is NumberColumn => column.type === 'number' && column.name === wanted);
  const columns = table.columns.map(({ name }) => name).join(', ');
  if (unit === undefined)
    throw new ExposureProblem(
      `no numeric column ${wanted === undefined ? 'says how much ran (host_hours, requests...)' : `is named ${wanted}`}; it has: ${columns}`,
    );
  if (shared.length === 0) throw new ExposureProblem(`none of its columns is one of the crashes'; it has: ${columns}`);
  const amounts = unit.values.map((value) => (value > 0 && Number.isFinite(value) ? value : 0));
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  if (total <= 0) throw new ExposureProblem(`its column ${unit.name} holds nothing above 0`);
  const byName = new Map<string, Column>(shared.map((column) => [column.name, column]));
  return {
    unit: unit.name,
    total,
    names: new Set(byName.keys()),
    amounts: (name) => {
      const column = byName.get(name);
      if (column === undefined) return undefined;
      const sums = new Map<string, number>();
      for (let row = 0; row < amounts.length; row++) {
        const value = column.type === 'number' ? column.values[row] : column.values[column.codes[row] ?? -1];
        if (value === undefined || Number.isNaN(value)) continue;
        const key = String(value);
        sums.set(key, (sums.get(key) ?? 0) + (amounts[row] ?? 0));
      }
      return sums;
    },
    under: (predicate) => {
      const side = sideOf(predicate, byName);
      if (side === undefined) return undefined;
      let inside = 0;
      let outside = 0;
      for (let row = 0; row < amounts.length; row++) {
        const is = side(row);
        if (is === true) inside += amounts[row] ?? 0;
        else if (is === false) outside += amounts[row] ?? 0;
      }
      return inside > 0 && outside > 0 ? { inside, outside } : undefined;
    },
  };
}

type Side = (row: number) => boolean | undefined;

function sideOf(predicate: Predicate, columns: ReadonlyMap<string, Column>): Side | undefined {
  switch (predicate.form) {
    case 'value': {
      const column = columns.get(predicate.dimension.name);
      return column === undefined
        ? undefined
        : equals(column, String(predicate.dimension.values[predicate.code] ?? ''));
    }
    case 'pair': {
      const first = sideOf(predicate.first, columns);
      const second = sideOf(predicate.second, columns);
      if (first === undefined || second === undefined) return undefined;
      return (row) => {
        const a = first(row);
        const b = second(row);
        if (a === false || b === false) return false;
        return a === undefined || b === undefined ? undefined : true;
      };
    }
    case 'range': {
      const column = columns.get(predicate.measure.name);
      if (column?.type !== 'number') return undefined;
      return (row) => {
        const value = column.values[row] ?? NaN;
        return Number.isNaN(value) ? undefined : value >= predicate.low && value < predicate.high;
      };
    }
    case 'clock': {
      const column = columns.get('time');
      if (column?.type !== 'number') return undefined;
      const size = predicate.period === 'day' ? 24 : 168;
      return (row) => {
        const at = column.values[row] ?? NaN;
        if (Number.isNaN(at)) return undefined;
        const hour = (hourOfWeek(at) - predicate.from + 168) % size;
        return hour < (predicate.to - predicate.from + size) % size;
      };
    }
  }
}

/** By text: what is a number in one table may be a text in the other. */
function equals(column: Column, wanted: string): Side {
  if (column.type === 'number')
    return (row) => {
      const value = column.values[row] ?? NaN;
      return Number.isNaN(value) ? undefined : String(value) === wanted;
    };
  const code = codeOf(column, wanted);
  return (row) => {
    const own = column.codes[row] ?? -1;
    return own < 0 ? undefined : own === code;
  };
}

function codeOf({ values }: CategoryColumn, wanted: string): number {
  return values.findIndex((value) => String(value) === wanted);
}
