import { createRequire } from 'node:module';
import type * as DuckDB from '@duckdb/node-api';

/** Why there is no DuckDB to ask: one sentence that says what to do. */
export class DuckDBMissing extends Error {}

/**
 * DuckDB's package, which is not part of this program: it is as large as all the rest many times over, and few want it.
 *
 * @param places files or folders from which it is looked for, as `require` would from there
 */
export function loadDuckDB(places: readonly string[]): typeof DuckDB {
  let failure: unknown;
  for (const place of places) {
    try {
      return createRequire(place)('@duckdb/node-api') as typeof DuckDB;
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND';
      if (!missing || failure === undefined) failure = error;
      // It is there, and something that it needs is not: that must be said, not passed over.
      if (!missing) break;
    }
  }
  const code = (failure as NodeJS.ErrnoException | undefined)?.code;
  if (code !== undefined && code !== 'MODULE_NOT_FOUND')
    throw new DuckDBMissing(`DuckDB cannot be loaded: ${failure instanceof Error ? failure.message : String(failure)}`);
  throw new DuckDBMissing(
    'SQL needs DuckDB, which is not installed: run npm install @duckdb/node-api in a folder, and name that folder in the setting redzone.duckdb or in the environment variable REDZONE_DUCKDB',
  );
}
