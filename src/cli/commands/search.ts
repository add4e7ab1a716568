import { Command, InvalidArgumentError } from 'commander';
import { OpenError, type OpenedCore } from '../../session/coreSession.js';
import { createInThreadSession } from '../../session/inThreadSession.js';
import type { SearchAnswer, SearchHit, SearchTarget } from '../../shared/queries.js';
import { type BinaryOptions, openOptions, withBinaryOptions } from '../binaryOptions.js';
import { EXIT } from '../exitCodes.js';
import { escapeControls, print, warn } from '../output.js';

interface SearchOptions extends BinaryOptions {
  readonly bytes?: string;
  readonly word?: string;
  readonly string?: string;
  readonly encoding: 'utf-8' | 'utf-16' | 'any';
  readonly pointersInto?: readonly [start: string, end: string];
  readonly repeated?: boolean;
  readonly in: 'core' | 'all';
  readonly limit: number;
  readonly json?: boolean;
}

/** `redzone search`: where something lies in a core's memory. */
export function searchCommand(): Command {
  const command = new Command('search')
    .description("where bytes, a word, a text or pointers lie in a core's memory")
    .argument('<core>', 'the core')
    .option('--bytes <hex>', 'bytes, two digits each')
    .option('--word <number>', 'a 64-bit word, as 0x... or decimal')
    .option('--string <text>', 'a text')
    .option('--encoding <name>', 'of the text: utf-8, utf-16 or any', oneOf('utf-8', 'utf-16', 'any'), 'utf-8')
    .option('--pointers-into <start-end>', 'words whose value lies in a range, its end excluded', parseRange)
    .option('--repeated', 'the words that occur most often')
    .option(
      '--in <where>',
      'core: bytes in the core alone; all: pages of matching files too',
      oneOf('core', 'all'),
      'all',
    )
    .option('--limit <count>', 'hits that are listed at most', parseCount, 1_000_000)
    .option('--json', 'an array of hits');
  return withBinaryOptions(command).action(async (core: string, options: SearchOptions) => {
    const target = targetOf(options);
    if (target === undefined) {
      warn('say what to look for: one of --bytes, --word, --string, --pointers-into and --repeated');
      process.exitCode = EXIT.usage;
      return;
    }
    const session = createInThreadSession();
    try {
      const opened = await session.open(core, openOptions(options));
      await search(opened, target, options);
    } catch (error) {
      // Of a core that cannot be opened the message names the file.
      warn(
        error instanceof OpenError
          ? error.message
          : `${core}: ${error instanceof Error ? error.message : String(error)}`,
      );
      process.exitCode = error instanceof OpenError ? EXIT.nothingRead : EXIT.usage;
    } finally {
      await session.dispose();
    }
  });
}

async function search(core: OpenedCore, what: SearchTarget, options: SearchOptions): Promise<void> {
  const interrupted = new AbortController();
  const interrupt = (): void => {
    interrupted.abort(new Error('interrupted'));
  };
  process.once('SIGINT', interrupt);
  const progress = process.stderr.isTTY ? showProgress : undefined;
  const page = (from: number) =>
    core.ask('search', { what, in: options.in, from, count: PAGE }, interrupted.signal, progress);
  try {
    const first = await page(0);
    progress?.(undefined);
    if (options.json === true && what.kind === 'repeated')
      await print(`${JSON.stringify(first.values ?? [], null, 1)}\n`);
    else await (options.json === true ? printJson(first, page, options.limit) : printText(first, page, options.limit));
    if (first.kept < first.total && options.limit > first.kept)
      warn(`${first.total} hits, of which the first ${first.kept} are listed`);
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

type PageOfHits = (from: number) => Promise<SearchAnswer>;

async function* hits(first: SearchAnswer, page: PageOfHits, limit: number): AsyncIterable<SearchHit> {
  const end = Math.min(first.kept, limit);
  let answer = first;
  for (let from = 0; from < end; from += answer.items.length) {
    if (from > 0) answer = await page(from);
    if (answer.items.length === 0) return;
    yield* answer.items.slice(0, end - from);
  }
}

async function printJson(first: SearchAnswer, page: PageOfHits, limit: number): Promise<void> {
  let separator = '[';
  for await (const hit of hits(first, page, limit)) {
    await print(`${separator}\n ${JSON.stringify(hit)}`);
    separator = ',';
  }
  await print(separator === '[' ? '[]\n' : '\n]\n');
}

async function printText(first: SearchAnswer, page: PageOfHits, limit: number): Promise<void> {
  for (const { value, count, text } of first.values ?? [])
    await print(
      `${String(count).padStart(10)}  ${value.padStart(18)}  ${escapeControls(text)}\n`.replace(/ +\n$/, '\n'),
    );
  let group = -1;
  let index = 0;
  for await (const hit of hits(first, page, limit)) {
    const next = first.groups[group + 1];
    if (next?.first === index) {
      group++;
      const { mapping, count } = next;
      const what = [mapping.permissions, mapping.path ?? mapping.role ?? ''].filter((part) => part !== '').join(' ');
      await print(
        `${mapping.start}-${mapping.end} ${escapeControls(what)}: ${count} ${count === 1 ? 'hit' : 'hits'}\n`,
      );
    }
    index++;
    await print(`  ${escapeControls(hitText(hit))}\n`);
  }
  if (first.values === undefined) {
    const notThere = BigInt(first.notThere);
    const holes = notThere === 0n ? '' : `; ${notThere} mapped bytes are not there to search`;
    await print(`${first.total} ${first.total === 1 ? 'hit' : 'hits'} in ${BigInt(first.searched)} bytes${holes}\n`);
  }
}

function hitText(hit: SearchHit): string {
  const stack =
    hit.thread === undefined
      ? []
      : [`stack of ${hit.thread}, ${slotText(hit.slot ?? 0)}${hit.frame === undefined ? '' : `, frame ${hit.frame}`}`];
  return [
    hit.address,
    ...(hit.value === undefined ? [] : [hit.value]),
    ...(hit.symbol === undefined ? [] : [hit.symbol]),
    ...stack,
    ...(hit.text === undefined ? [] : [hit.text]),
  ].join('  ');
}

function slotText(slot: number): string {
  return `rsp${slot < 0 ? '-' : '+'}${Math.abs(slot) * 8}`;
}

const PAGE = 4096;

function showProgress(done: number | undefined): void {
  process.stderr.write(done === undefined ? '\r\x1b[K' : `\rsearching: ${Math.floor(done * 100)} %`);
}

/** `undefined` unless exactly one thing is looked for. */
function targetOf(options: SearchOptions): SearchTarget | undefined {
  const [start, end] = options.pointersInto ?? [];
  const targets: SearchTarget[] = [
    ...(options.bytes === undefined ? [] : [{ kind: 'bytes', bytes: options.bytes } as const]),
    ...(options.word === undefined ? [] : [{ kind: 'word', value: options.word } as const]),
    ...(options.string === undefined
      ? []
      : [{ kind: 'text', text: options.string, encoding: options.encoding } as const]),
    ...(start === undefined || end === undefined ? [] : [{ kind: 'pointersInto', start, end } as const]),
    ...(options.repeated === true ? [{ kind: 'repeated' } as const] : []),
  ];
  return targets.length === 1 ? targets[0] : undefined;
}

function parseRange(value: string): readonly [string, string] {
  const [, start, end, length] = /^(0x[0-9a-f]+)(?:[-:](0x[0-9a-f]+)|\+(0x[0-9a-f]+|\d+))$/i.exec(value) ?? [];
  if (start === undefined) throw new InvalidArgumentError('START-END or START+LENGTH, as 0x... addresses.');
  return [start, end ?? `0x${(BigInt(start) + BigInt(length ?? 0)).toString(16)}`];
}

function parseCount(value: string): number {
  const count = Number(value);
  if (!Number.isSafeInteger(count) || count < 1) throw new InvalidArgumentError('A whole number, 1 or more.');
  return count;
}

function oneOf<const T extends string>(...names: readonly T[]): (value: string) => T {
  return (value) => {
    const found = names.find((name) => name === value);
    if (found === undefined) throw new InvalidArgumentError(`One of ${names.join(', ')}.`);
    return found;
  };
}
