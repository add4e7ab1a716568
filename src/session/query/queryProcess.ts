import { duckdbQuery } from '../../io/duckdb/duckdbQuery.js';
import type { QueryReply, QueryRequest } from './queryProtocol.js';

/** Asks DuckDB one question and ends: the entry of its own bundle, so that what a query does to memory and stack is done to nobody else. */
process.once('message', (request: QueryRequest) => {
  duckdbQuery(request, {
    columns: (names) => send({ type: 'columns', names }),
    rows: (rows) => send({ type: 'rows', rows }),
  })
    .then(
      (more) => send({ type: 'done', more }),
      (error: unknown) => send({ type: 'failed', message: error instanceof Error ? error.message : String(error) }),
    )
    // DuckDB's threads keep the process alive. A parent that is gone is told nothing.
    .then(
      () => process.exit(),
      () => process.exit(1),
    );
});

function send(reply: QueryReply): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(reply, undefined, undefined, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
