import type { DuckDBQuestion } from '../../io/duckdb/duckdbQuery.js';
import type { PlainValue } from '../../io/duckdb/plainValue.js';

/** What the process that holds DuckDB is asked, once. */
export type QueryRequest = DuckDBQuestion;

/** What it answers: columns first, then rows, then one of the last two. */
export type QueryReply =
  | { readonly type: 'columns'; readonly names: readonly string[] }
  | { readonly type: 'rows'; readonly rows: readonly (readonly PlainValue[])[] }
  | { readonly type: 'done'; readonly more: boolean }
  | { readonly type: 'failed'; readonly message: string };
