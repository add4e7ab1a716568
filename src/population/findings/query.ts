import type { DimensionValue } from '../../shared/findings.js';
import { type ClockPredicate, type Predicate, type RangePredicate } from './predicate.js';
import type { Roles } from './roles.js';
import type { Subject } from './subjects.js';

/** What a query must know of where the table comes from. */
export interface QuerySource {
  /** What follows FROM: a table function over the files, or a view's name. */
  readonly from: string;
  /** SQL for a column of this (flattened) name; nested columns and odd names need quoting of their own. */
  readonly column: (name: string) => string;
  /** SQL that gives the column `time` as TIMESTAMP. */
  readonly time: string;
}

export const DEFAULT_SOURCE: QuerySource = { from: 'crashes', column: quotedName, time: 'CAST("time" AS TIMESTAMP)' };

/** DuckDB SQL that counts again what a finding says: one row with inside_cases, inside_of, outside_cases, outside_of. */
export function queryOf(subject: Subject, predicate: Predicate, roles: Roles, source: QuerySource): string {
  const is = subjectSql(subject, roles, source);
  return [
    'SELECT',
    `  count(*) FILTER (WHERE inside AND is_case) AS inside_cases, count(*) FILTER (WHERE inside) AS inside_of,`,
    `  count(*) FILTER (WHERE NOT inside AND is_case) AS outside_cases, count(*) FILTER (WHERE NOT inside) AS outside_of`,
    `FROM (SELECT coalesce(${is}, false) AS is_case, ${predicateSql(predicate, source)} AS inside`,
    `  FROM ${source.from} WHERE ${crashSql(roles, source)})`,
  ].join('\n');
}

/** SQL: the row is a crash: triaged, with a label or a kind, neither another row's nor excluded. */
export function crashSql({ label, kind, status, duplicate, excludedBy }: Roles, source: QuerySource): string {
  const known = [label, kind].flatMap((column) => (column === undefined ? [] : [present(source.column(column.name))]));
  const readable = status === undefined ? [] : [`${source.column(status.name)} IS DISTINCT FROM 'unreadable'`];
  const counted = [
    ...(duplicate === undefined ? [] : [`${source.column(duplicate.name)} IS DISTINCT FROM true`]),
    ...(excludedBy === undefined ? [] : [`NOT ${present(source.column(excludedBy.name))}`]),
  ];
  return [`(${known.join(' OR ') || 'true'})`, ...readable, ...counted].join(' AND ');
}

/** SQL: the column has a value. */
export function present(column: string): string {
  return `(${column} IS NOT NULL AND CAST(${column} AS VARCHAR) <> '')`;
}

function subjectSql(subject: Subject, roles: Roles, source: QuerySource): string {
  const parts: string[] = [];
  for (const key of ['label', 'kind', 'signature'] as const) {
    const value = subject[key];
    const column = roles[key];
    if (value !== undefined && column !== undefined) parts.push(`${source.column(column.name)} = ${literal(value)}`);
  }
  return parts.join(' AND ');
}

/** NULL where it is unknown. */
function predicateSql(predicate: Predicate, source: QuerySource): string {
  switch (predicate.form) {
    case 'value': {
      const column = source.column(predicate.dimension.name);
      return `CASE WHEN ${present(column)} THEN ${column} = ${literal(predicate.dimension.values[predicate.code])} END`;
    }
    case 'pair':
      return `(${predicateSql(predicate.first, source)} AND ${predicateSql(predicate.second, source)})`;
    case 'range':
      return predicate.measure.name === 'time' ? timeSql(predicate, source) : numberSql(predicate, source);
    case 'clock':
      return clockSql(predicate, source);
  }
}

function numberSql({ measure, low, high }: RangePredicate, source: QuerySource): string {
  const column = `TRY_CAST(${source.column(measure.name)} AS DOUBLE)`;
  const edges = [
    ...(low === -Infinity ? [] : [`${column} >= ${low}`]),
    ...(high === Infinity ? [] : [`${column} < ${high}`]),
  ];
  return `(${edges.join(' AND ')})`;
}

function clockSql({ period, from, to }: ClockPredicate, { time }: QuerySource): string {
  const hour = `extract(hour FROM ${time})`;
  const at = period === 'day' ? hour : `((extract(isodow FROM ${time}) - 1) * 24 + ${hour})`;
  return from < to ? `(${at} >= ${from} AND ${at} < ${to})` : `(${at} >= ${from} OR ${at} < ${to})`;
}

function timeSql({ low, high }: RangePredicate, source: QuerySource): string {
  const at = (time: number) =>
    `TIMESTAMP '${new Date(Math.ceil(time)).toISOString().replace('T', ' ').replace('Z', '')}'`;
  const edges = [
    ...(low === -Infinity ? [] : [`${source.time} >= ${at(low)}`]),
    ...(high === Infinity ? [] : [`${source.time} < ${at(high)}`]),
  ];
  return `(${edges.join(' AND ')})`;
}

export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A literal of SQL; control characters cannot end it. */
export function literal(value: DimensionValue | undefined): string {
  if (value === undefined) return 'NULL';
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}
