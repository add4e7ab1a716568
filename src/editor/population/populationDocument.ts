import { statSync } from 'node:fs';
import type * as vscode from 'vscode';
import { readPopulation, type ReadPopulation } from '../../session/worker/populationReader.js';
import { type QueryOptions, type QuerySink, runQuery } from '../../session/query/runQuery.js';
import type { PackPiece, SqlAnswer } from '../../shared/populationPage.js';

/** Most of the pack that goes into one message. */
const MOST_PIECE = 16 << 20;

/** Rows of a query that go to a page. */
const MOST_ROWS = 1000;

/** A data set that is shown in one or more pages. It is read when the first page asks, and read anew after `reset`. */
export class PopulationDocument implements vscode.CustomDocument {
  readonly #script: string;
  #reading: Promise<ReadPopulation> | undefined;
  #ending = new AbortController();

  /** @param script the bundle of the worker that reads */
  constructor(
    readonly uri: vscode.Uri,
    script: string,
  ) {
    this.#script = script;
  }

  read(): Promise<ReadPopulation> {
    this.#reading ??= readPopulation(this.#script, this.uri.fsPath, this.#ending.signal);
    return this.#reading;
  }

  async piece(from: number, length: number): Promise<PackPiece> {
    const { pack } = await this.read();
    const start = Math.min(Math.max(0, Math.trunc(from)), pack.length);
    // A copy: of a part of a larger buffer the whole would be sent.
    return { total: pack.length, bytes: pack.slice(start, start + Math.min(Math.max(0, length), MOST_PIECE)) };
  }

  /** Asks DuckDB about the data set; no more rows than a page can show. */
  async sql(sql: string, options: Pick<QueryOptions, 'script' | 'packages' | 'signal'>): Promise<SqlAnswer> {
    let columns: readonly string[] = [];
    const rows: SqlAnswer['rows'][number][] = [];
    const sink: QuerySink = {
      columns: (names) => (columns = names),
      rows: (some) => {
        rows.push(...some);
      },
    };
    const more = await runQuery(this.uri.fsPath, sql, sink, { ...options, most: MOST_ROWS });
    return { columns, rows, more };
  }

  reset(): void {
    this.#ending.abort();
    this.#ending = new AbortController();
    this.#reading?.catch(() => undefined);
    this.#reading = undefined;
  }

  dispose(): void {
    this.reset();
  }
}

/** Whether a place is a folder, as a data set is. */
export function isFolder(uri: vscode.Uri): boolean {
  return statSync(uri.fsPath, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
