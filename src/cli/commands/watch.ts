import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { isRemoteAddress } from '../../session/remote/remoteAddress.js';
import { postEvent } from '../../session/watch/postEvent.js';
import { watchCores, type Watched } from '../../session/watch/watchCores.js';
import { WatchStateError } from '../../session/watch/watchState.js';
import { type BinaryOptions, openOptions, withBinaryOptions } from '../binaryOptions.js';
import { EXIT } from '../exitCodes.js';
import { type FilterOptions, listingFilter, withFilterOptions } from '../filterOptions.js';
import { positive } from '../numberOptions.js';
import { escapeControls, print, warn } from '../output.js';

interface WatchOptions extends BinaryOptions, FilterOptions {
  readonly state?: string;
  readonly webhook?: string;
  readonly interval?: number;
  readonly backAfter: number;
  readonly all?: boolean;
  readonly once?: boolean;
  readonly text?: boolean;
  readonly deep?: boolean;
}

/** `redzone watch`: says what is new among the cores that arrive. */
export function watchCommand(): Command {
  const command = new Command('watch')
    .description('triage what arrives, and say what is new or has come back; one JSON object a line')
    .argument('<path...>', 'folders, or addresses: http(s)://, s3://, gs://, az://')
    .option('--text', 'lines for people instead of JSON')
    .option('--webhook <url>', 'post each event as JSON besides')
    .option('--state <file>', 'what is remembered over restarts')
    .option('--interval <seconds>', 'between two listings; 10, and 60 for servers', positive)
    .option('--back-after <hours>', 'a signature not seen for so long is back when it is seen again', positive, 24)
    .option('--all', 'at the first start, report what lies there already too')
    .option('--once', 'go through one listing and end')
    .option('--deep', 'of compressed cores on servers, read beyond the first megabyte where the verdict needs it');
  return withBinaryOptions(withFilterOptions(command)).action((inputs: string[], options: WatchOptions) =>
    run(inputs, options),
  );
}

async function run(inputs: readonly string[], options: WatchOptions): Promise<void> {
  const stop = new AbortController();
  const onSignal = (): void => {
    stop.abort();
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const interval = options.interval ?? (inputs.some(isRemoteAddress) ? 60 : 10);
  const job = {
    inputs,
    options: { ...openOptions(options), deep: options.deep === true },
    filter: listingFilter(options),
    statePath: options.state ?? defaultState(inputs),
    interval: interval * 1000,
    backAfter: options.backAfter * 3_600_000,
    all: options.all === true,
    signal: stop.signal,
  };
  let unlisted = 0;
  try {
    for await (const item of watchCores(job)) {
      if (item.kind === 'unlisted') unlisted++;
      await tell(item, options, stop.signal);
      if (item.kind === 'round' && options.once === true) break;
    }
    process.exitCode = options.once === true && unlisted > 0 ? EXIT.someUnreadable : EXIT.done;
  } catch (error) {
    if (!(error instanceof WatchStateError)) throw error;
    warn(error.message);
    process.exitCode = EXIT.nothingRead;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

async function tell(item: Watched, options: WatchOptions, signal: AbortSignal): Promise<void> {
  switch (item.kind) {
    case 'event': {
      const { event } = item;
      await print(options.text === true ? `${escapeControls(event.text)}\n` : `${JSON.stringify(event)}\n`);
      const failure = options.webhook === undefined ? undefined : await postEvent(options.webhook, event, signal);
      if (failure !== undefined) warn(failure);
      return;
    }
    case 'learned':
      warn(
        `${item.cores} cores with ${item.signatures} signatures were there already; what arrives from now on is reported`,
      );
      return;
    case 'unlisted':
      warn(`${item.path}: ${item.reason}`);
      return;
    case 'round':
      return;
  }
}

/** One for each set of folders, where programs keep their state (XDG Base Directory Specification). */
function defaultState(inputs: readonly string[]): string {
  const places = inputs.map((input) => (isRemoteAddress(input) ? input : resolve(input))).sort();
  const name = createHash('sha256').update(JSON.stringify(places)).digest('hex').slice(0, 16);
  const root = process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local/state');
  return join(root, 'redzone', `watch-${name}.json`);
}
