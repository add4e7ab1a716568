import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RetryPolicy } from '../../src/io/remote/retries.js';
import type { Listed } from '../../src/session/coreSource.js';
import { coreSourceOf } from '../../src/session/coreSources.js';
import { Triage } from '../../src/session/triage.js';
import { type Triaged, triageAll } from '../../src/session/triageJob.js';
import type { CoreRow } from '../../src/shared/report.js';
import { unpackFixtures } from '../fixtures/unpack.mjs';

const FOLDER = join(import.meta.dirname, '../../.cache/fixtures');
const SYSROOT = join(FOLDER, 'sysroot');

/** Gives up soon, as no user would; not so soon that a busy machine seems a silent server. */
export const HASTY: RetryPolicy = { attempts: 4, backoff: 5, longestBackoff: 20, idle: 1500, deadline: 8000 };

export function sample(name: string): { readonly path: string; readonly bytes: Uint8Array } {
  const found = unpackFixtures(FOLDER).find((fixture) => fixture.name === name);
  if (found === undefined) throw new Error(`no sample core is called ${name}`);
  return { path: found.core, bytes: new Uint8Array(readFileSync(found.core)) };
}

/** What `redzone triage` makes of addresses. */
export async function triaged(inputs: readonly string[], deep = false, signal?: AbortSignal): Promise<Triaged[]> {
  const place = { inputs, deep, policy: HASTY };
  const source = coreSourceOf(inputs, place);
  const done: Triaged[] = [];
  const job = {
    listing: source.list(signal),
    place,
    options: { sysroot: SYSROOT },
    wanted: {},
    workers: 1,
    workerScript: '',
    ...(signal === undefined ? {} : { signal }),
  };
  for await (const item of triageAll(job)) done.push(item);
  await source.close?.();
  return done;
}

export async function rowsOf(...inputs: string[]): Promise<CoreRow[]> {
  return rowsIn(await triaged(inputs));
}

export function rowsIn(items: readonly Triaged[]): CoreRow[] {
  return items.flatMap((item) => (item.kind === 'row' ? [item.row] : []));
}

export async function listed(...inputs: string[]): Promise<Listed[]> {
  const source = coreSourceOf(inputs, { policy: HASTY });
  const items: Listed[] = [];
  for await (const item of source.list()) items.push(item);
  await source.close?.();
  return items;
}

/** The row of the same core on local disk, without what tells where it lies and what reading it took. */
export function localRow(name: string): Partial<CoreRow> {
  const triage = new Triage({ sysroot: SYSROOT });
  const row = triage.row(sample(name).path);
  triage.dispose();
  return withoutPlace(row);
}

export function withoutPlace(row: CoreRow): Partial<CoreRow> {
  const place = new Set(['source', 'bytesRead', 'requests', 'time', 'timeSource']);
  return Object.fromEntries(Object.entries(row).filter(([name]) => !place.has(name)));
}
