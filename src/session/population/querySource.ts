import { extname } from 'node:path';
import { literal, quotedName, type QuerySource } from '../../population/findings/query.js';
import type { ColumnTable } from '../../shared/columnTable.js';

/** How DuckDB reads the same files, so that a finding's query runs as it stands. `files` are those that were read. */
export function querySourceOf(path: string, files: readonly string[], table: ColumnTable): QuerySource {
  const paths = new Map(table.columns.map(({ name, path: parts }) => [name, parts]));
  const column = (name: string) => (paths.get(name) ?? [name]).map(quotedName).join('.');
  const text = `CAST(${column('time')} AS VARCHAR)`;
  const number = `TRY_CAST(${text} AS DOUBLE)`;
  return { from: fromClause(path, files), column, time: timeSql(text, number) };
}

/** Text of ISO 8601, or a number of seconds, milliseconds, microseconds or nanoseconds, told apart by size as the reader does. */
function timeSql(text: string, number: string): string {
  const milliseconds =
    `CASE WHEN abs(${number}) < 1e11 THEN ${number} * 1e3 WHEN abs(${number}) < 1e14 THEN ${number} ` +
    `WHEN abs(${number}) < 1e17 THEN ${number} / 1e3 ELSE ${number} / 1e6 END`;
  return `coalesce(TRY_CAST(${text} AS TIMESTAMP), epoch_ms(CAST(${milliseconds} AS BIGINT)))`;
}

/** What stands after FROM, for all rows of `files`, which lie at `path`. */
export function fromClause(path: string, files: readonly string[]): string {
  const kinds = new Set(files.map((file) => extname(file).toLowerCase()));
  const [kind = ''] = kinds;
  // A folder of one kind of file is named by a pattern, that the query stays short.
  const list =
    files.length === 1 || kinds.size !== 1
      ? `[${files.slice(0, 100).map(literal).join(', ')}]`
      : literal(`${path.replace(/\/+$/, '')}/**/*${kind}`);
  switch (kind) {
    case '.parquet':
      return `read_parquet(${list}, union_by_name = true)`;
    case '.csv':
    case '.tsv':
      return `read_csv(${list}, union_by_name = true)`;
    default:
      return `read_json(${list}, union_by_name = true, sample_size = -1, maximum_object_size = 67108864)`;
  }
}
