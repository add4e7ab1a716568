import { parentPort, workerData } from 'node:worker_threads';
import { coreSourceOf } from '../../coreSources.js';
import { TriageCounts } from '../../triageCounts.js';
import { triageAll } from '../../triageJob.js';
import type { TriageRunMessage, TriageRunSettings } from './triageRunProtocol.js';

/** Rows are handed over so often, in milliseconds: each on its own would keep the other side busy. */
const OFTEN = 100;

/** Labels what the inputs name, in a thread of its own: the entry of its own bundle. Any message ends it. */
async function serve(): Promise<void> {
  const port = parentPort;
  if (port === null) return;
  const { inputs, options } = workerData as TriageRunSettings;
  const stop = new AbortController();
  port.once('message', () => {
    stop.abort();
  });
  const tell = (message: TriageRunMessage): void => {
    port.postMessage(message);
  };
  const source = coreSourceOf(inputs);
  const counts = new TriageCounts();
  let lines: string[] = [];
  let told = performance.now();
  const flush = (): void => {
    if (lines.length > 0) tell({ kind: 'rows', lines, counts: counts.sorted() });
    lines = [];
    told = performance.now();
  };
  const listing = source.list(stop.signal);
  const job = { listing, place: { inputs }, options, wanted: {}, workers: 1, workerScript: '', signal: stop.signal };
  for await (const item of triageAll(job)) {
    if (item.kind === 'unreadable') tell({ kind: 'problem', message: `${item.path}: ${item.reason}` });
    if (item.kind !== 'row') continue;
    counts.add(item.row);
    lines.push(JSON.stringify(item.row));
    if (performance.now() - told > OFTEN) flush();
  }
  flush();
  await source.close?.();
  port.close();
}

void serve();
