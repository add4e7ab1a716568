import type { DebugProtocol } from '@vscode/debugprotocol';
import type { OpenedCore } from '../session/coreSession.js';
import type { MemoryAnswer } from '../shared/queries.js';
import { addOffset, formatAddress, parseAddress } from './addresses.js';
import type { DebugTarget } from './debugTarget.js';
import { notAnAddress } from './errors.js';
import type { RequestArguments } from './requestArguments.js';
import { plain, word } from './variables.js';

/** More than any client shows at once; the protocol lets an answer be shorter than what was asked for. */
const READ_LIMIT = 1 << 20;
const WORD_BYTES = 8;

/**
 * Bytes from an address on, up to the first that the core does not hold; `unreadableBytes` then says how many to skip. What is not
 * in the core is never given as zeros.
 */
export async function readMemory(
  target: DebugTarget,
  args: RequestArguments,
  signal: AbortSignal,
): Promise<DebugProtocol.ReadMemoryResponse['body']> {
  const reference = args.string('memoryReference');
  const base = parseAddress(reference);
  if (base === undefined) throw notAnAddress(reference);
  const start = addOffset(base, BigInt(args.optionalInteger('offset') ?? 0));
  const address = formatAddress(start);
  const wanted = Math.min(args.optionalCount('count') ?? 0, READ_LIMIT);
  // The address space ends: what would wrap to zero is not there.
  const length = Number(minimum(BigInt(wanted), (1n << 64n) - start));
  if (length === 0) return { address, data: '' };
  const { runs } = await target.core.ask('memory', { address, length }, signal);
  const present: Buffer[] = [];
  for (const run of runs) {
    if ('absent' in run) return { address, data: base64(present), unreadableBytes: run.length };
    present.push(Buffer.from(run.bytes, 'hex'));
  }
  return { address, data: base64(present) };
}

/** A word of memory; `value` is absent when one of its bytes is, and `absent` then says why. */
export interface MemoryWord {
  readonly address: string;
  readonly value?: string;
  readonly absent: string;
}

/** `count` little-endian words from an address on. */
export async function memoryWords(
  core: OpenedCore,
  start: bigint,
  count: number,
  signal?: AbortSignal,
): Promise<readonly MemoryWord[]> {
  const answer = await core.ask('memory', { address: formatAddress(start), length: count * WORD_BYTES }, signal);
  const bytes = bytesByOffset(answer, start, count * WORD_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const address = formatAddress(addOffset(start, BigInt(index * WORD_BYTES)));
    const parts = bytes.slice(index * WORD_BYTES, (index + 1) * WORD_BYTES);
    const missing = parts.find((part): part is string => typeof part === 'string');
    if (missing !== undefined) return { address, absent: missing };
    const value = parts.reduceRight<bigint>((sum, part) => (sum << 8n) | BigInt(part), 0n);
    return { address, value: formatAddress(value), absent: '' };
  });
}

/** A word as a variable, with what it looks like. */
export async function wordVariable(
  core: OpenedCore,
  item: MemoryWord,
  signal?: AbortSignal,
): Promise<DebugProtocol.Variable> {
  if (item.value === undefined) return plain(item.address, item.absent, { type: 'absent' });
  const { text, kind } = await core.ask('whatIs', { address: item.value }, signal);
  return word(item.address, item.value, text, kind, { evaluateName: `*${item.address}` });
}

/** Each byte, or why it is not there. */
function bytesByOffset({ runs }: MemoryAnswer, start: bigint, length: number): readonly (number | string)[] {
  const bytes = new Array<number | string>(length).fill('not in the core');
  for (const run of runs) {
    const from = Number(BigInt(run.address) - start);
    const parts =
      'absent' in run
        ? new Array<string>(Math.min(run.length, length)).fill(run.absent)
        : Buffer.from(run.bytes, 'hex');
    for (const [offset, part] of parts.entries()) {
      if (from + offset >= 0 && from + offset < length) bytes[from + offset] = part;
    }
  }
  return bytes;
}

function base64(parts: readonly Buffer[]): string {
  return Buffer.concat(parts).toString('base64');
}

function minimum(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
