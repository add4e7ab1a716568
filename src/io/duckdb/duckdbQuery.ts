import type { DuckDBConnection } from '@duckdb/node-api';
import { loadDuckDB } from './duckdb.js';
import { plainValue, type PlainValue } from './plainValue.js';

/** One question about a table. */
export interface DuckDBQuestion {
  readonly sql: string;
  /** What the view `crashes` is made from: what stands after FROM. */
  readonly from: string;
  /** The only files and folders that may be read. */
  readonly files: readonly string[];
  readonly folders: readonly string[];
  /** Rows after which it stops. */
  readonly most: number;
  /** Where DuckDB's package is looked for. */
  readonly packages: readonly string[];
}

/** Takes what comes, as it comes; what is slow to take is waited for. */
export interface DuckDBAnswer {
  columns(names: readonly string[]): Promise<void>;
  rows(rows: readonly (readonly PlainValue[])[]): Promise<void>;
}

/**
 * Asks DuckDB, in memory, one thing that only reads.
 *
 * @returns whether there were more rows than wanted
 * @throws a sentence of ours, or DuckDB's own
 */
export async function duckdbQuery(question: DuckDBQuestion, answer: DuckDBAnswer): Promise<boolean> {
  const duckdb = loadDuckDB(question.packages);
  const instance = await duckdb.DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`CREATE VIEW crashes AS SELECT * FROM ${question.from}`);
  await lock(connection, question);
  const statements = await connection.extractStatements(question.sql);
  if (statements.count !== 1) throw new Error(`expected one statement, there are ${statements.count}`);
  const prepared = await statements.prepare(0);
  const { SELECT, EXPLAIN } = duckdb.StatementType;
  if (prepared.statementType !== SELECT && prepared.statementType !== EXPLAIN)
    throw new Error('only SELECT and what else reads is allowed: the data set is not to be changed');
  const result = await prepared.stream();
  await answer.columns(result.columnNames());
  let taken = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return false;
    const rows = chunk.convertRows(duckdb.JSDuckDBValueConverter).map((row) => row.map(plainValue));
    const room = question.most - taken;
    await answer.rows(rows.slice(0, room));
    if (rows.length > room) return true;
    taken += rows.length;
  }
}

/** From here on nothing but the data set can be read, nothing be loaded, and nothing of this be changed. */
async function lock(connection: DuckDBConnection, { files, folders }: DuckDBQuestion): Promise<void> {
  const list = (paths: readonly string[]) => `[${paths.map((path) => `'${path.replaceAll("'", "''")}'`).join(', ')}]`;
  for (const setting of [
    'autoinstall_known_extensions = false',
    'autoload_known_extensions = false',
    `allowed_paths = ${list(files)}`,
    `allowed_directories = ${list(folders)}`,
    'enable_external_access = false',
    'lock_configuration = true',
  ])
    await connection.run(`SET ${setting}`);
}
