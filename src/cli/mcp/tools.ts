import type { OpenedCore, OpenOptions } from '../../session/coreSession.js';
import { coreSourceOf } from '../../session/coreSources.js';
import { Triage } from '../../session/triage.js';
import type { SearchTarget } from '../../shared/queries.js';
import { INVALID_PARAMS, RpcError } from './jsonRpc.js';
import type { OpenCores } from './openCores.js';
import { POPULATION } from './populationTool.js';
import type { ToolArguments } from './toolArguments.js';

/** What a tool works with. */
export interface ToolContext {
  readonly cores: OpenCores;
  readonly options: OpenOptions;
  readonly signal: AbortSignal;
}

/** A question that a language model may ask. Answers are plain data, or text. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  /** JSON schemas of its arguments, by name; those in `required` must be given. */
  readonly properties: Readonly<Record<string, object>>;
  readonly required: readonly string[];
  run(given: ToolArguments, context: ToolContext): Promise<unknown>;
}

const CORE = { type: 'string', description: 'Path or address (https://, s3://, gs://, az://) of a core dump' };
const TID = { type: 'integer', description: 'Thread id; the crashed thread when it is left out' };
const FROM = { type: 'integer', minimum: 0, description: 'First item' };
const count = (most: number, otherwise: number): object => ({
  type: 'integer',
  minimum: 1,
  maximum: most,
  description: `Items; ${otherwise} when it is left out`,
});
const ADDRESS = { type: 'string', description: 'A hexadecimal address such as 0x7ffd1000' };

export const TOOLS: readonly Tool[] = [
  {
    name: 'triage',
    description:
      'Label core dumps: why each process died (label, kind, confidence, signature), read a few kilobytes each. Takes files, folders and addresses.',
    properties: {
      paths: { type: 'array', items: { type: 'string' }, description: 'Files, folders or addresses' },
      limit: count(1000, 100),
    },
    required: ['paths'],
    run: triage,
  },
  POPULATION,
  {
    name: 'inspect',
    description:
      'The whole report on one core as text: verdict with evidence, stack slots, frames, signal frames, registers, mappings, modules.',
    properties: { core: CORE },
    required: ['core'],
    run: async (given, context) => {
      const core = await context.cores.at(given.text('core'));
      return (await core.ask('text', {}, context.signal)).text;
    },
  },
  {
    name: 'verdict',
    description:
      'Why the process died, how sure that is, the evidence for and against, and what was not there to check.',
    properties: { core: CORE },
    required: ['core'],
    run: async (given, { cores, signal }) => (await cores.at(given.text('core'))).ask('verdict', {}, signal),
  },
  {
    name: 'threads',
    description: 'The threads of the process, the crashed one first, each with its innermost function.',
    properties: { core: CORE, from: FROM, count: count(500, 50) },
    required: ['core'],
    run: async (given, { cores, signal }) =>
      (await cores.at(given.text('core'))).ask(
        'threads',
        { from: given.count('from', 0, 0, 1e9), count: given.count('count', 50, 1, 500) },
        signal,
      ),
  },
  {
    name: 'frames',
    description:
      'The reconstructed stack of a thread, innermost first; each frame says by which rule it was found (trust).',
    properties: { core: CORE, tid: TID, from: FROM, count: count(256, 32) },
    required: ['core'],
    run: async (given, context) => {
      const { core, tid } = await threadOf(given, context);
      const page = { from: given.count('from', 0, 0, 1e9), count: given.count('count', 32, 1, 256) };
      return core.ask('stack', { tid, ...page }, context.signal);
    },
  },
  {
    name: 'slots',
    description:
      "Words of a thread's stack by index from %rsp (0 is [rsp], -1 lies in the red zone): value, what it looks like, which frame owns it.",
    properties: {
      core: CORE,
      tid: TID,
      from: { type: 'integer', minimum: -100000, maximum: 1000000, description: 'First slot; -16 when left out' },
      count: count(512, 64),
    },
    required: ['core'],
    run: async (given, context) => {
      const { core, tid } = await threadOf(given, context);
      const range = { from: given.count('from', -16, -100_000, 1_000_000), count: given.count('count', 64, 1, 512) };
      return core.ask('slots', { tid, ...range }, context.signal);
    },
  },
  {
    name: 'registers',
    description: 'Registers of a thread at a frame (0 is the innermost), with what each value points to.',
    properties: { core: CORE, tid: TID, frame: { type: 'integer', minimum: 0, description: 'Frame; 0 when left out' } },
    required: ['core'],
    run: async (given, context) => {
      const { core, tid } = await threadOf(given, context);
      return core.ask('registers', { tid, frame: given.count('frame', 0, 0, 1e6) }, context.signal);
    },
  },
  {
    name: 'memory',
    description: 'Bytes of the process at an address, as hexadecimal; where there are none, why.',
    properties: { core: CORE, address: ADDRESS, length: { type: 'integer', minimum: 1, maximum: 4096 } },
    required: ['core', 'address'],
    run: async (given, { cores, signal }) =>
      (await cores.at(given.text('core'))).ask(
        'memory',
        { address: addressOf(given.text('address')), length: given.count('length', 256, 1, 4096) },
        signal,
      ),
  },
  {
    name: 'what_is',
    description: 'What an address or an expression of registers and symbols is: function, mapping, stack slot, string.',
    properties: { core: CORE, address: { type: 'string', description: 'An address, or for example rsp+8 or *rdi' } },
    required: ['core', 'address'],
    run: async (given, { cores, signal }) =>
      (await cores.at(given.text('core'))).ask('whatIs', { address: given.text('address') }, signal),
  },
  {
    name: 'search',
    description: 'Where a word, bytes or a text lies in the memory of the process. Give one of the three.',
    properties: {
      core: CORE,
      word: { type: 'string', description: 'A 64-bit value such as 0x401136' },
      bytes: { type: 'string', description: 'Hexadecimal bytes' },
      string: { type: 'string', description: 'A text' },
      from: FROM,
      count: count(200, 50),
    },
    required: ['core'],
    run: async (given, { cores, signal }) =>
      (await cores.at(given.text('core'))).ask(
        'search',
        {
          what: targetOf(given),
          in: 'all',
          from: given.count('from', 0, 0, 1e9),
          count: given.count('count', 50, 1, 200),
        },
        signal,
      ),
  },
];

async function triage(given: ToolArguments, { options, signal }: ToolContext): Promise<unknown> {
  const paths = given.texts('paths');
  const limit = given.count('limit', 100, 1, 1000);
  const source = coreSourceOf(paths);
  const work = new Triage(options, undefined, source);
  const rows: object[] = [];
  const problems: string[] = [];
  let more = false;
  try {
    for await (const item of source.list(signal)) {
      if (item.kind === 'unreadable') problems.push(`${item.path}: ${item.reason}`);
      if (item.kind !== 'core') continue;
      more = rows.length >= limit;
      if (more) break;
      const { row } = await work.coreOf(item.entry, {}, signal);
      const { label, kind, confidence, shift, signature, time, host, status } = row;
      const problem = row.problems[0]?.message;
      rows.push({
        source: row.source,
        status,
        ...defined({ label, kind, confidence, shift, signal: row.signal?.name, signature, time, host, problem }),
      });
    }
  } finally {
    work.dispose();
    await source.close?.();
  }
  return { cores: rows, ...(more ? { more: `only the first ${limit} are listed` } : {}), problems };
}

async function threadOf(
  given: ToolArguments,
  { cores, signal }: ToolContext,
): Promise<{ core: OpenedCore; tid: number }> {
  const core = await cores.at(given.text('core'));
  const tid = given.optionalCount('tid', 0, 2 ** 31) ?? (await core.ask('summary', {}, signal)).crashedTid;
  if (tid === undefined) throw new RpcError(INVALID_PARAMS, 'the core has no threads');
  return { core, tid };
}

function targetOf(given: ToolArguments): SearchTarget {
  const [word, bytes, text] = ['word', 'bytes', 'string'].map((name) => given.optionalText(name));
  if ([word, bytes, text].filter((one) => one !== undefined).length !== 1)
    throw new RpcError(INVALID_PARAMS, 'give exactly one of "word", "bytes" and "string"');
  if (word !== undefined) return { kind: 'word', value: word };
  if (bytes !== undefined) return { kind: 'bytes', bytes };
  return { kind: 'text', text: text ?? '' };
}

function addressOf(text: string): string {
  if (!/^0x[0-9a-f]{1,16}$/i.test(text))
    throw new RpcError(INVALID_PARAMS, '"address" must be a number such as 0x7ffd1000');
  return text.toLowerCase();
}

function defined(fields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
