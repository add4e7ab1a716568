import { Command, InvalidArgumentError } from 'commander';
import {
  type Assumption,
  DEFAULT_SCOPE,
  inspectCore,
  parseAssumption,
  type ReportScope,
} from '../../session/inspectCore.js';
import { OpenError } from '../../session/coreSession.js';
import { type BinaryOptions, openOptions, withBinaryOptions } from '../binaryOptions.js';
import { inspectRemote } from '../../session/remote/inspectRemote.js';
import { isRemoteAddress } from '../../session/remote/remoteAddress.js';
import { EXIT } from '../exitCodes.js';
import { watchFetching } from '../fetching.js';
import { print, warn } from '../output.js';

interface InspectOptions extends BinaryOptions {
  readonly json?: boolean;
  readonly deep?: boolean;
  readonly threads: ReportScope['threads'];
  readonly slots: ReportScope['slots'];
  readonly assume: readonly Assumption[];
}

/** `redzone inspect`: everything about one core. */
export function inspectCommand(): Command {
  const command = new Command('inspect')
    .description('everything about one core, as text or JSON')
    .argument('<core>', 'a file, or an address: http(s)://, s3://, gs://, az://')
    .option('--json', 'the full report as one JSON object')
    .option('--deep', 'of a compressed core on a server, read beyond the first megabyte where it is needed')
    .option('--threads <which>', 'all, crashed, or how many', parseThreads, DEFAULT_SCOPE.threads)
    .option(
      '--slots <from:to>',
      'stack slots around the stack pointer, 8 bytes each: -24:63',
      parseSlots,
      DEFAULT_SCOPE.slots,
    )
    .option(
      '--assume <change>',
      'the stack if a register had been other: rsp+=8, rip=0x401136 (repeatable)',
      parseAssume,
      [],
    );
  return withBinaryOptions(command).action((path: string, options: InspectOptions) => run(path, options));
}

async function run(path: string, options: InspectOptions): Promise<void> {
  const scope = { threads: options.threads, slots: options.slots, assume: options.assume };
  const fetching = options.debuginfod.length === 0 ? undefined : watchFetching();
  try {
    const form = options.json === true ? 'json' : 'text';
    if (isRemoteAddress(path))
      await print(await inspectRemote(path, { ...openOptions(options), deep: options.deep === true }, scope, form));
    else await inspectCore(path, openOptions(options), scope, form, print, fetching?.work);
    process.exitCode = EXIT.done;
  } catch (error) {
    if (!(error instanceof OpenError)) throw error;
    warn(error.message);
    process.exitCode = EXIT.nothingRead;
  } finally {
    fetching?.done();
  }
}

function parseAssume(value: string, previous: readonly Assumption[]): Assumption[] {
  const assumption = parseAssumption(value);
  if (assumption === undefined)
    throw new InvalidArgumentError('expected a register and a change: rsp+=8, rsp-=16 or rip=0x401136');
  return [...previous, assumption];
}

function parseThreads(value: string): ReportScope['threads'] {
  if (value === 'all' || value === 'crashed') return value;
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('expected all, crashed or a number');
  return count;
}

function parseSlots(value: string): ReportScope['slots'] {
  const match = /^(-?\d+):(-?\d+)$/.exec(value);
  const [from, to] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || from > to)
    throw new InvalidArgumentError('expected FROM:TO, slots from the stack pointer, for example -24:63');
  return [from, to];
}
