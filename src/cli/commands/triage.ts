import { Command, Option } from 'commander';
import { DatasetError } from '../../session/dataset/datasetError.js';
import { JoinError, type JoinSpec } from '../../session/join/joinSpec.js';
import { ShardError, shardOf } from '../../session/shards.js';
import { type BinaryOptions, openOptions, withBinaryOptions } from '../binaryOptions.js';
import { EXIT } from '../exitCodes.js';
import { type FilterOptions, listingFilter, withFilterOptions } from '../filterOptions.js';
import { fleetConfig, type FleetOptions, withFleetOptions } from '../fleetOptions.js';
import { countOf } from '../numberOptions.js';
import { warn } from '../output.js';
import { PROGRESS_FORMS, type ProgressForm } from '../progressLine.js';
import { runTriage } from '../triageRun.js';

interface TriageOptions extends BinaryOptions, FleetOptions, FilterOptions {
  readonly json?: boolean;
  readonly ndjson?: boolean;
  readonly csv?: boolean;
  readonly deep?: boolean;
  readonly dryRun?: boolean;
  readonly dataset?: string;
  readonly keepStack?: number;
  readonly partRows?: number;
  readonly manifest?: string;
  readonly shard?: string;
  readonly workers?: number;
  readonly progress?: ProgressForm;
}

/** `redzone triage`: one labelled line for each core, or a data set of them. */
export function triageCommand(): Command {
  const command = new Command('triage')
    .description('label cores: one line each, JSON, CSV, or a data set')
    .argument('[path...]', 'cores, folders that hold some, or addresses: http(s)://, s3://, gs://, az://')
    .option('--ndjson', 'one JSON object a line, as each core is done')
    .option('--json', 'one JSON array')
    .option('--csv', 'comma-separated values, with the columns of a data set')
    .option('--dataset <dir>', 'add what is new to a folder of Parquet files')
    .option('--deep', 'of compressed cores on servers, read beyond the first megabyte where the verdict needs it')
    .option('--keep-stack <bytes>', 'with a data set: keep registers and so much of the stack', countOf(0, 1 << 20))
    .option('--part-rows <count>', 'with a data set: rows of a file at most', countOf(1, 1 << 24))
    .option('--manifest <file>', 'a list of paths or URLs, one a line')
    .option('--shard <i/n>', 'of the manifest every nth line, i from 0; array jobs know theirs')
    .option('--dry-run', 'write nothing; show which rows the rules of the configuration take out')
    .option('--workers <count>', 'threads that label cores, the main one among them', countOf(1, 256))
    .addOption(new Option('--progress <form>', 'on stderr').choices(PROGRESS_FORMS));
  const joins = withFleetOptions(withFilterOptions(command));
  return withBinaryOptions(command).action((paths: string[], options: TriageOptions) => run(paths, options, joins));
}

async function run(inputs: readonly string[], options: TriageOptions, joins: () => readonly JoinSpec[]): Promise<void> {
  const forms = (['json', 'ndjson', 'csv'] as const).filter((form) => options[form] === true);
  if (forms.length > 1) {
    usage(`${forms.map((form) => `--${form}`).join(' and ')} exclude each other`);
    return;
  }
  try {
    const fleet = await fleetConfig(options, joins());
    if (inputs.length === 0 && options.manifest === undefined && fleet.logs.length === 0) {
      usage('name cores, folders, a --manifest or a --log');
      return;
    }
    process.exitCode = await runTriage({
      inputs,
      manifest: options.manifest,
      shard: options.manifest === undefined ? undefined : shardOf(options.shard, process.env),
      deep: options.deep === true,
      filter: listingFilter(options),
      options: openOptions(options),
      fleet,
      form: options.dryRun === true ? 'exclusions' : (forms[0] ?? 'table'),
      dataset: options.dataset,
      keepStack: options.keepStack,
      partRows: options.partRows,
      workers: options.workers,
      progress: options.progress,
    });
  } catch (error) {
    if (error instanceof JoinError || error instanceof ShardError) {
      usage(error.message);
      return;
    }
    if (!(error instanceof DatasetError)) throw error;
    warn(error.message);
    process.exitCode = EXIT.nothingRead;
  }
}

function usage(message: string): void {
  warn(message);
  process.exitCode = EXIT.usage;
}
