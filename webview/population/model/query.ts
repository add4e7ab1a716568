import type { TableSource } from '../../../src/shared/populationPage.js';
import { type ClockName, isClockName } from './clock.js';
import type { Facet, NumberBin } from './facet.js';
import type { Selection } from './selection.js';

/** The selection as DuckDB SQL, which runs as it stands. `facet` gives the facet of a column. */
export function selectionQuery(
  selection: Selection,
  facet: (column: string) => Facet | undefined,
  { from, time, nested }: TableSource,
): string {
  const named = (column: string) =>
    isClockName(column) ? clockSql(column, time) : column === 'time' ? time : (nested[column] ?? identifier(column));
  const conditions = [
    ...[...selection.values].map(([column, { texts, not }]) =>
      valueCondition(named(column), texts, not, facet(column)),
    ),
    ...[...selection.ranges].flatMap(([column, [low, high]]) =>
      rangeConditions(named(column), column === 'time', low, high),
    ),
  ];
  if (selection.text !== '')
    conditions.push(`contains(lower(CAST(crashes AS VARCHAR)), lower(${literal(selection.text)}))`);
  return conditions.length === 0
    ? `SELECT * FROM ${from} AS crashes`
    : `SELECT * FROM ${from} AS crashes\nWHERE ${conditions.join('\n  AND ')}`;
}

function clockSql(name: ClockName, time: string): string {
  return name === 'time..hour' ? `hour(${time})` : `dayname(${time})`;
}

function valueCondition(column: string, texts: readonly string[], not: boolean, facet: Facet | undefined): string {
  const known = texts.filter((text) => text !== '');
  const parts = facet?.bins
    ? known.map((text) => binCondition(column, facet.bins?.[(facet.codeOf(text) ?? 0) - 1]))
    : known.length === 0
      ? []
      : [`CAST(${column} AS VARCHAR) ${known.length === 1 ? '=' : 'IN'} ${listed(known.map(literal))}`];
  if (known.length < texts.length) parts.push(`(${column} IS NULL OR CAST(${column} AS VARCHAR) = '')`);
  const either = parts.length === 1 ? parts.join('') : `(${parts.join(' OR ')})`;
  // Of an unknown value SQL says neither yes nor no.
  return not ? `(${either}) IS NOT TRUE` : either;
}

function binCondition(column: string, bin: NumberBin | undefined): string {
  if (!bin) return 'false';
  const { from, to } = bin;
  return from === to ? `${column} = ${from}` : `(${column} >= ${from} AND ${column} < ${to})`;
}

function listed(items: readonly string[]): string {
  return items.length === 1 ? items.join('') : `(${items.join(', ')})`;
}

function rangeConditions(column: string, isTime: boolean, from: number, to: number): string[] {
  const bound = (value: number) =>
    isTime ? `TIMESTAMP '${new Date(value).toISOString().replace('T', ' ').replace('Z', '')}'` : String(value);
  return [
    ...(Number.isFinite(from) ? [`${column} >= ${bound(from)}`] : []),
    ...(Number.isFinite(to) ? [`${column} < ${bound(to)}`] : []),
  ];
}

function identifier(column: string): string {
  return `"${column.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
