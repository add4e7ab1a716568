import { fork } from 'node:child_process';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { PlainValue } from '../../io/duckdb/plainValue.js';
import { tableFiles } from '../population/loadTable.js';
import { fromClause } from '../population/querySource.js';
import type { QueryReply, QueryRequest } from './queryProtocol.js';

export interface QueryOptions {
  /** The bundle of `queryProcess.ts`. */
  readonly script: string;
  /** Folders in which DuckDB's package was installed, where it is not beside this program. */
  readonly packages?: readonly string[];
  /** Rows after which it stops. */
  readonly most?: number;
  readonly signal?: AbortSignal;
}

/** What comes of a query, as it comes. */
export interface QuerySink {
  columns(names: readonly string[]): void;
  /** May be slow: rows that are not taken are not asked for. */
  rows(rows: readonly (readonly PlainValue[])[]): void | Promise<void>;
}

/**
 * Asks DuckDB about a data set, in a process of its own that can read nothing else: SQL over the view `crashes`, or over the files
 * themselves as the queries of findings do.
 *
 * @returns whether there were more rows than wanted
 * @throws one sentence: no DuckDB, no table, a query that does not run
 */
export async function runQuery(path: string, sql: string, sink: QuerySink, options: QueryOptions): Promise<boolean> {
  const problems: string[] = [];
  const files = tableFiles(path, problems);
  if (files.length === 0)
    throw new Error(problems[0] ?? `${path}: no rows found; expected .parquet, .ndjson, .json, .csv or .tsv`);
  const isFolder = statSync(path).isDirectory();
  const request: QueryRequest = {
    sql,
    from: fromClause(path, files),
    files: isFolder ? [] : [path, resolve(path)],
    // Of two folders of which one's name begins like the other's only one is meant.
    folders: isFolder ? [withSlash(path), withSlash(resolve(path))] : [],
    most: options.most ?? Number.MAX_SAFE_INTEGER,
    packages: [options.script, ...(options.packages ?? []).map((folder) => resolve(folder, 'package.json'))],
  };
  return ask(request, sink, options);
}

function withSlash(folder: string): string {
  return folder.endsWith('/') ? folder : `${folder}/`;
}

function ask(request: QueryRequest, sink: QuerySink, { script, signal }: QueryOptions): Promise<boolean> {
  return new Promise((settle, reject) => {
    signal?.throwIfAborted();
    const child = fork(script, [], {
      // Inside an editor the program that runs is the editor, told so to be plain Node.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const stop = () => child.kill('SIGKILL');
    signal?.addEventListener('abort', stop);
    let complaint = '';
    child.stderr?.on('data', (text: Buffer) => (complaint = `${complaint}${text.toString()}`.slice(-2000)));
    let taking = Promise.resolve();
    let last: QueryReply | undefined;
    child.on('message', (reply: QueryReply) => {
      if (reply.type === 'columns') sink.columns(reply.names);
      else if (reply.type === 'rows') {
        taking = taking.then(() => sink.rows(reply.rows));
        taking.catch(stop);
      } else last = reply;
    });
    child.on('error', reject);
    child.on('close', (code, killedBy) => {
      signal?.removeEventListener('abort', stop);
      const end = last;
      taking.then(() => {
        if (end?.type === 'done') settle(end.more);
        else if (end?.type === 'failed') reject(new Error(end.message.replace(/\s*\n\s*/g, ' ')));
        else if (signal?.aborted === true) reject(new Error('cancelled'));
        else
          reject(
            new Error(
              `DuckDB ended ${killedBy === null ? `with code ${code}` : `by ${killedBy}`}${complaint === '' ? '' : `: ${complaint.trim().split('\n').at(-1) ?? ''}`}`,
            ),
          );
      }, reject);
    });
    child.send(request);
  });
}
