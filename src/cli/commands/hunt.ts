import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { hunt, type HuntResult } from '../../session/hunt/hunt.js';
import { NoCoresError } from '../../session/hunt/coreDestination.js';
import { CommandError, foundCommand } from '../../session/hunt/foundCommand.js';
import { HuntFolderError } from '../../session/hunt/huntFolder.js';
import { ProgressMeter } from '../../session/progressMeter.js';
import { type BinaryOptions, openOptions, withBinaryOptions } from '../binaryOptions.js';
import { EXIT } from '../exitCodes.js';
import { failureLine, groupTable } from '../huntText.js';
import { interruptible } from '../interruptible.js';
import { countOf, positive } from '../numberOptions.js';
import { print, warn } from '../output.js';
import { PROGRESS_FORMS, type ProgressForm, showProgress } from '../progressLine.js';

interface HuntOptions extends BinaryOptions {
  readonly out: string;
  readonly until: number;
  readonly runs?: number;
  readonly jobs: number;
  readonly timeout?: number;
  readonly nonzero?: boolean;
  readonly scratch?: boolean;
  readonly keep?: number;
  readonly withoutCores?: boolean;
  readonly ndjson?: boolean;
  readonly progress?: ProgressForm;
}

const MOST = 2 ** 31 - 1;

/** `redzone hunt`: runs a command until it crashes. */
export function huntCommand(): Command {
  const command = new Command('hunt')
    .description('run a command until it crashes; keep core, output and environment, grouped by signature')
    .usage('[options] -- COMMAND...')
    .argument('<command...>', 'the command and its arguments, behind --')
    .option('--until <count>', 'failures after which the hunt ends', countOf(1, MOST), 1)
    .option('--runs <count>', 'runs after which it ends', countOf(1, MOST))
    .option('--jobs <count>', 'runs at once', countOf(1, 1024), 1)
    .option(
      '--timeout <seconds>',
      'what runs longer is ended by SIGABRT, so that its core says where it hung',
      positive,
    )
    .option('--nonzero', 'an exit code other than 0 is a failure too')
    .option('--scratch', 'run each in an empty folder of its own')
    .option('--out <dir>', 'where failures are kept; one that is there is added to', 'redzone-hunt')
    .option('--keep <count>', 'of each group, keep the files of so many failures', countOf(1, MOST))
    .option('--without-cores', 'go on where the machine leaves no cores: output and exit codes only')
    .option('--ndjson', 'one JSON object a line for each failure')
    .addOption(new Option('--progress <form>', 'on stderr').choices(PROGRESS_FORMS));
  return withBinaryOptions(command).action((words: string[], options: HuntOptions) => run(words, options));
}

async function run(words: readonly string[], options: HuntOptions): Promise<void> {
  const signal = interruptible();
  const meter = new ProgressMeter();
  const out = resolve(options.out);
  let hide = (): void => undefined;
  try {
    const command = foundCommand(words);
    meter.total = options.runs;
    hide = showProgress(meter, options.progress ?? (process.stderr.isTTY ? 'line' : 'none'));
    let printed: Promise<void> = Promise.resolve();
    const result = await hunt(
      {
        command,
        out,
        until: options.until,
        runs: options.runs,
        jobs: options.jobs,
        timeout: options.timeout === undefined ? undefined : options.timeout * 1000,
        exitCodes: options.nonzero === true,
        scratch: options.scratch === true,
        keep: options.keep ?? MOST,
        withoutCores: options.withoutCores === true,
        options: openOptions(options),
      },
      {
        remark: warn,
        passed: () => {
          meter.add('passed');
        },
        failed: (failure) => {
          meter.add('failed');
          const line = options.ndjson === true ? `${JSON.stringify(failure)}\n` : failureLine(failure, options.out);
          printed = printed.then(() => print(line));
        },
      },
      signal,
    );
    hide();
    await printed;
    await conclude(result, options, signal.aborted);
  } catch (error) {
    hide();
    if (!(error instanceof NoCoresError || error instanceof HuntFolderError || error instanceof CommandError))
      throw error;
    warn(error.message);
    process.exitCode = error instanceof CommandError ? EXIT.usage : EXIT.nothingRead;
  }
}

async function conclude(result: HuntResult, { ndjson, out }: HuntOptions, interrupted: boolean): Promise<void> {
  const { runs, failures, coreless, exitCodes, groups } = result;
  if (ndjson !== true && groups.size > 0) await print(groupTable(groups, out));
  for (const [code, count] of exitCodes)
    warn(`${times(count, 'run')} ended with exit code ${code}, which is a failure with --nonzero only`);
  if (coreless > 0)
    warn(
      `${times(coreless, 'failure')} left no core that could be found: the process may not be dumpable (setuid, PR_SET_DUMPABLE), catch the signal, or the disk be full`,
    );
  warn(`${interrupted ? 'interrupted after ' : ''}${times(runs, 'run')}, ${times(failures, 'failure')}`);
  if (interrupted) process.exitCode = EXIT.interrupted;
  else if (failures === 0) process.exitCode = EXIT.nothingRead;
  else process.exitCode = coreless > 0 ? EXIT.someUnreadable : EXIT.done;
}

function times(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
