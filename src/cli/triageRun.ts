import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { CoreSource, Listed } from '../session/coreSource.js';
import { coreSourceOf, holdsAddress } from '../session/coreSources.js';
import { lookAhead } from '../session/lookAhead.js';
import { ProgressMeter } from '../session/progressMeter.js';
import { TriageCounts } from '../session/triageCounts.js';
import { triageAll } from '../session/triageJob.js';
import { DATASET_COLUMNS } from '../shared/dataset.js';
import type { CoreRow } from '../shared/report.js';
import { EXIT } from './exitCodes.js';
import type { FleetRun } from './fleetRun.js';
import { interruptible } from './interruptible.js';
import { LONG_RUN, optimizeSooner } from './longRun.js';
import { warn } from './output.js';
import { type ProgressForm, showProgress } from './progressLine.js';
import type { TriageRun } from './triageRequest.js';
import { csv, exclusions, jsonArray, ndjson, summaryOnly, table, type TriageOutput } from './triageOutputs.js';

/**
 * @returns the exit code
 * @throws DatasetError, JoinError
 */
export async function runTriage(run: TriageRun): Promise<number> {
  const signal = interruptible();
  // Most of the command is for fleets: a run that labels a few cores does not load it.
  const fleet = isCollected(run) ? await (await import('./fleetRun.js')).openFleet(run, signal) : undefined;
  const { collector, logs } = fleet ?? {};
  const place = { inputs: run.inputs, deep: run.deep };
  const source = coreSourceOf(run.inputs, place);
  const { first, all } = await lookAhead(listingOf(run, source, signal));
  const waits = holdsAddress([...run.inputs, ...sourcesOf(first)]);
  const out = outputFor(run, first, fleet);
  const seen = { rows: 0, unreadable: 0, unlisted: 0, passedOver: 0, leftOut: 0 };
  const told = new Set<string>();
  const counts = new TriageCounts();
  const meter = new ProgressMeter();
  const progress = run.progress ?? progressForm(run);
  // Listing a bucket twice costs more than an estimate is worth.
  if (progress !== 'none' && !waits) void count(run, signal).then((total) => (meter.total = total));
  const hideProgress = showProgress(meter, progress);
  for (const { path, reason } of logs?.unreadable ?? []) {
    seen.unlisted++;
    warn(`${path}: the log cannot be read (${reason})`);
  }
  await out.start();
  try {
    const job = {
      listing: all,
      place,
      waits,
      options: run.options,
      wanted: {
        ...(collector === undefined ? {} : { identity: true }),
        ...(run.keepStack === undefined ? {} : { stack: run.keepStack }),
      },
      workers: run.workers ?? workersFor(first.length),
      workerScript: join(__dirname, 'cli.js'),
      ...(collector === undefined ? {} : { collector }),
      ...(logs === undefined ? {} : { logged: logs.crashes }),
      writesApart: (run.workers ?? availableParallelism()) > 1,
      signal,
    };
    for await (const item of triageAll(job)) {
      if (item.kind === 'known') meter.add('known');
      else if (item.kind === 'passedOver') seen.passedOver++;
      else if (item.kind === 'leftOut') seen.leftOut++;
      else if (item.kind === 'unreadable') {
        seen.unlisted++;
        warn(`${item.path}: ${item.reason}`);
      } else {
        if (++seen.rows === LONG_RUN) optimizeSooner();
        if (item.row.status === 'unreadable') seen.unreadable++;
        meter.add(item.row.label ?? 'unreadable');
        tellProblem(item.row);
        tellServers(item.row, told);
        counts.add(item.row);
        await out.row(item.row, item.stored);
      }
    }
  } finally {
    hideProgress();
    logs?.crashes.close();
    await source.close?.();
  }
  await out.end(counts);
  for (const { rule, rows } of fleet?.rules.taken() ?? [])
    warn(`rule ${rule}: ${rows} ${rows === 1 ? 'row' : 'rows'} taken out`);
  for (const remark of fleet?.enricher.remarks() ?? []) warn(remark);
  if (seen.passedOver > 0)
    warn(
      `${seen.passedOver} ${seen.passedOver === 1 ? 'file was' : 'files were'} passed over: neither named nor made like a core`,
    );
  if (seen.leftOut > 0)
    warn(
      `${seen.leftOut} ${seen.leftOut === 1 ? 'core was' : 'cores were'} left out by --include, --exclude, --since or --until`,
    );
  const known = collector?.skipped ?? 0;
  if (known > 0) warn(`${known} ${known === 1 ? 'crash was' : 'crashes were'} in the data set already`);
  if (signal.aborted) {
    const kept = run.dataset === undefined ? '' : '; they are in the data set, and the same command goes on from there';
    warn(`interrupted after ${seen.rows} ${seen.rows === 1 ? 'crash' : 'crashes'}${kept}`);
    return EXIT.interrupted;
  }
  if (seen.rows + known === 0 && seen.leftOut > 0 && seen.unlisted === 0) return EXIT.done;
  if (seen.rows + known === 0 && (run.shard === undefined || seen.unlisted > 0)) {
    const searched = [
      ...run.inputs,
      ...(run.manifest === undefined ? [] : [run.manifest]),
      ...run.fleet.logs.map(({ path }) => path),
    ];
    warn(`no cores found in ${searched.join(', ')}`);
    return EXIT.nothingRead;
  }
  if (seen.rows > 0 && seen.rows === seen.unreadable && known === 0) return EXIT.nothingRead;
  return seen.unreadable + seen.unlisted > 0 ? EXIT.someUnreadable : EXIT.done;
}

/** Whether rows are wanted as a data set has them, with what is joined to them. */
function isCollected({ dataset, form, fleet }: TriageRun): boolean {
  const joined = fleet.joins.length + fleet.rules.length + fleet.logs.length > 0;
  return (
    dataset !== undefined ||
    form === 'csv' ||
    form === 'exclusions' ||
    joined ||
    fleet.path !== undefined ||
    fleet.sidecar !== undefined
  );
}

async function* listingOf(run: TriageRun, source: CoreSource, signal: AbortSignal): AsyncGenerator<Listed> {
  const { include, exclude, since, until } = run.filter;
  const whole = wholeListing(run, source, signal);
  if (include.length + exclude.length === 0 && since === undefined && until === undefined) yield* whole;
  else {
    const { filtered } = await import('../session/listing/listingFilter.js');
    yield* filtered(whole, run.filter, run.inputs, source, signal);
  }
}

async function* wholeListing(run: TriageRun, source: CoreSource, signal: AbortSignal): AsyncGenerator<Listed> {
  yield* source.list(signal);
  if (run.manifest === undefined) return;
  const { manifestListing } = await import('../session/manifest.js');
  yield* manifestListing(run.manifest, run.shard, signal);
}

function outputFor(run: TriageRun, first: readonly Listed[], fleet: FleetRun | undefined): TriageOutput {
  switch (run.form) {
    case 'json':
      return jsonArray();
    case 'ndjson':
      return ndjson;
    case 'csv':
      return csv([...DATASET_COLUMNS, ...(fleet?.enricher.columns ?? [])].map(({ name }) => name));
    case 'exclusions':
      return exclusions;
    case 'table':
      if (run.dataset !== undefined) return summaryOnly;
      return table(sourcesOf(first));
  }
}

function sourcesOf(listed: readonly Listed[]): string[] {
  return listed.flatMap((item) => (item.kind === 'core' ? [item.entry.source] : []));
}

/** A line where somebody looks at it and no other lines are drawn there; for a data set, JSON elsewhere. */
function progressForm(run: TriageRun): ProgressForm {
  const elsewhere = run.dataset !== undefined || !process.stdout.isTTY;
  if (process.stderr.isTTY) return elsewhere ? 'line' : 'none';
  return run.dataset === undefined ? 'none' : 'json';
}

/** A thread takes longer to start than a few cores to label. */
const WORTH_THREADS = 16;
const MOST_THREADS = 8;

function workersFor(listed: number): number {
  const processors = availableParallelism();
  return listed < WORTH_THREADS ? 1 : Math.min(processors, MOST_THREADS);
}

async function count(run: TriageRun, signal: AbortSignal): Promise<number> {
  let total = 0;
  for await (const item of listingOf(run, coreSourceOf(run.inputs), signal)) {
    if (item.kind === 'core' && ++total % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return total;
}

/** A server that cannot be asked for files is told once. */
function tellServers({ problems }: CoreRow, told: Set<string>): void {
  for (const { code, message } of problems) {
    if (code !== 'debuginfod' || told.has(message)) continue;
    told.add(message);
    warn(message);
  }
}

function tellProblem({ source, status, problems }: CoreRow): void {
  if (status === 'unreadable') warn(`${source}: ${problems[0]?.message ?? 'cannot be read'}`);
  else if (status === 'partial') warn(`${source}: read in part: ${problems[0]?.message ?? 'the rest is missing'}`);
}
