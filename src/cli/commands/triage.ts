import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Listed } from '../../session/coreSource.js';
import { coreSourceOf, holdsAddress } from '../../session/coreSources.js';
import { Collector } from '../../session/dataset/collector.js';
import { DatasetError } from '../../session/dataset/datasetError.js';
import { lookAhead } from '../../session/lookAhead.js';
import { ProgressMeter } from '../../session/progressMeter.js';
import { TriageCounts } from '../../session/triageCounts.js';
import { triageAll } from '../../session/triageJob.js';
import { DATASET_COLUMNS } from '../../shared/dataset.js';
import type { CoreRow } from '../../shared/report.js';
import { type BinaryOptions, openOptions, withBinaryOptions } from '../binaryOptions.js';
import { EXIT } from '../exitCodes.js';
import { interruptible } from '../interruptible.js';
import { warn } from '../output.js';
import { PROGRESS_FORMS, type ProgressForm, showProgress } from '../progressLine.js';
import { csv, jsonArray, ndjson, summaryOnly, table, type TriageOutput } from '../triageOutputs.js';

interface TriageOptions extends BinaryOptions {
  readonly json?: boolean;
  readonly ndjson?: boolean;
  readonly csv?: boolean;
  readonly deep?: boolean;
  readonly dataset?: string;
  readonly keepStack?: number;
  readonly partRows?: number;
  readonly workers?: number;
  readonly progress?: ProgressForm;
}

/** `redzone triage`: one labelled line for each core, or a data set of them. */
export function triageCommand(): Command {
  const command = new Command('triage')
    .description('label cores: one line each, JSON, CSV, or a data set')
    .argument('<path...>', 'cores, folders that hold some, or addresses: http(s)://, s3://, gs://, az://')
    .option('--ndjson', 'one JSON object a line, as each core is done')
    .option('--json', 'one JSON array')
    .option('--csv', 'comma-separated values, with the columns of a data set')
    .option('--dataset <dir>', 'add what is new to a folder of Parquet files')
    .option('--deep', 'of compressed cores on servers, read beyond the first megabyte where the verdict needs it')
    .option('--keep-stack <bytes>', 'with a data set: keep registers and so much of the stack', countOf(0, 1 << 20))
    .option('--part-rows <count>', 'with a data set: rows of a file at most', countOf(1, 1 << 24))
    .option('--workers <count>', 'threads; 0 for none besides the main one', countOf(0, 256))
    .addOption(new Option('--progress <form>', 'on stderr').choices(PROGRESS_FORMS));
  return withBinaryOptions(command).action((paths: string[], options: TriageOptions) => run(paths, options));
}

async function run(inputs: readonly string[], options: TriageOptions): Promise<void> {
  const forms = (['json', 'ndjson', 'csv'] as const).filter((form) => options[form] === true);
  if (forms.length > 1) {
    warn(`${forms.map((form) => `--${form}`).join(' and ')} exclude each other`);
    process.exitCode = EXIT.usage;
    return;
  }
  try {
    await triageInputs(inputs, options);
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    warn(error.message);
    process.exitCode = EXIT.nothingRead;
  }
}

async function triageInputs(inputs: readonly string[], options: TriageOptions): Promise<void> {
  const signal = interruptible();
  const collector = await collectorFor(options);
  const source = coreSourceOf(inputs, { deep: options.deep === true });
  const { first, all } = await lookAhead(source.list(signal));
  const out = outputFor(options, first);
  const seen = { rows: 0, unreadable: 0, unlisted: 0, passedOver: 0 };
  const counts = new TriageCounts();
  const meter = new ProgressMeter();
  const form = options.progress ?? progressForm(options);
  // Listing a bucket twice costs more than an estimate is worth.
  if (form !== 'none' && !holdsAddress(inputs)) void count(inputs, signal).then((total) => (meter.total = total));
  const hideProgress = showProgress(meter, form);
  await out.start();
  try {
    const job = {
      listing: all,
      place: { inputs, deep: options.deep === true },
      options: openOptions(options),
      wanted: {
        ...(collector === undefined ? {} : { identity: true }),
        ...(options.keepStack === undefined ? {} : { stack: options.keepStack }),
      },
      workers: options.workers ?? workersFor(first.length),
      workerScript: join(__dirname, 'cli.js'),
      ...(collector === undefined ? {} : { collector }),
      signal,
    };
    for await (const item of triageAll(job)) {
      if (item.kind === 'known') meter.add('known');
      else if (item.kind === 'passedOver') seen.passedOver++;
      else if (item.kind === 'unreadable') {
        seen.unlisted++;
        warn(`${item.path}: ${item.reason}`);
      } else {
        seen.rows++;
        if (item.row.status === 'unreadable') seen.unreadable++;
        meter.add(item.row.label ?? 'unreadable');
        tellProblem(item.row);
        counts.add(item.row);
        await out.row(item.row, item.stored);
      }
    }
  } finally {
    hideProgress();
    await source.close?.();
  }
  await out.end(counts);
  if (seen.passedOver > 0)
    warn(
      `${seen.passedOver} ${seen.passedOver === 1 ? 'file was' : 'files were'} passed over: neither named nor made like a core`,
    );
  const known = collector?.skipped ?? 0;
  if (known > 0) warn(`${known} ${known === 1 ? 'core was' : 'cores were'} in the data set already`);
  if (signal.aborted) {
    warn(
      `interrupted after ${seen.rows} ${seen.rows === 1 ? 'core' : 'cores'}${collector === undefined ? '' : '; they are in the data set, and the same command goes on from there'}`,
    );
    process.exitCode = EXIT.interrupted;
    return;
  }
  if (seen.rows + known === 0) warn(`no cores found in ${inputs.join(', ')}`);
  const failed = seen.unreadable + seen.unlisted;
  process.exitCode =
    seen.rows === seen.unreadable && known === 0 ? EXIT.nothingRead : failed > 0 ? EXIT.someUnreadable : EXIT.done;
}

function collectorFor(options: TriageOptions): Promise<Collector | undefined> {
  if (options.dataset === undefined && options.csv !== true) return Promise.resolve(undefined);
  return Collector.open(options.dataset, {
    version: VERSION,
    keepRegisters: options.keepStack !== undefined,
    ...(options.partRows === undefined ? {} : { partRows: options.partRows }),
  });
}

declare const VERSION: string;

function outputFor(options: TriageOptions, first: readonly Listed[]): TriageOutput {
  if (options.json === true) return jsonArray();
  if (options.ndjson === true) return ndjson;
  if (options.csv === true) return csv(DATASET_COLUMNS.map(({ name }) => name));
  if (options.dataset !== undefined) return summaryOnly;
  return table(first.flatMap((item) => (item.kind === 'core' ? [item.entry.source] : [])));
}

/** A line where somebody looks at it and no other lines are drawn there; for a data set, JSON elsewhere. */
function progressForm(options: TriageOptions): ProgressForm {
  const elsewhere = options.dataset !== undefined || !process.stdout.isTTY;
  if (process.stderr.isTTY) return elsewhere ? 'line' : 'none';
  return options.dataset === undefined ? 'none' : 'json';
}

/** A thread takes longer to start than a few cores to label. */
const WORTH_THREADS = 16;
const MOST_THREADS = 8;

function workersFor(listed: number): number {
  const processors = availableParallelism();
  return listed < WORTH_THREADS || processors < 2 ? 0 : Math.min(processors, MOST_THREADS);
}

async function count(inputs: readonly string[], signal: AbortSignal): Promise<number> {
  let total = 0;
  for await (const item of coreSourceOf(inputs).list(signal)) {
    if (item.kind === 'core' && ++total % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return total;
}

function tellProblem({ source, status, problems }: CoreRow): void {
  if (status === 'unreadable') warn(`${source}: ${problems[0]?.message ?? 'cannot be read'}`);
  else if (status === 'partial') warn(`${source}: read in part: ${problems[0]?.message ?? 'the rest is missing'}`);
}

function countOf(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!Number.isInteger(number) || number < least || number > most)
      throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}`);
    return number;
  };
}
