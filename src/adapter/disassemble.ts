import type { DebugProtocol } from '@vscode/debugprotocol';
import type { InstructionRow } from '../shared/queries.js';
import { addOffset, formatAddress, parseAddress } from './addresses.js';
import type { DebugTarget } from './debugTarget.js';
import { notAnAddress } from './errors.js';
import type { RequestArguments } from './requestArguments.js';
import { fileSource } from './sources.js';

/** More than any client shows at once. */
const MOST = 4096;

/** Exactly as many instructions as were asked for, before and behind an address; what is not there is marked invalid. */
export async function disassemble(
  target: DebugTarget,
  args: RequestArguments,
  signal: AbortSignal,
): Promise<DebugProtocol.DisassembleResponse['body']> {
  const reference = args.string('memoryReference');
  const base = parseAddress(reference);
  if (base === undefined) throw notAnAddress(reference);
  const address = formatAddress(addOffset(base, BigInt(args.optionalInteger('offset') ?? 0)));
  const skip = args.optionalInteger('instructionOffset') ?? 0;
  const wanted = Math.min(args.optionalCount('instructionCount') ?? 0, MOST);
  const before = Math.min(MOST, Math.max(0, -skip));
  const count = Math.min(2 * MOST, Math.max(0, skip + wanted));
  const { items, at } = await target.core.ask('disassemble', { address, before, count }, signal);
  // What lies further away than is looked at is not there, rather than something else.
  const rows = Array.from({ length: wanted }, (_, index) => items[at + skip + index]);
  const shown: DebugProtocol.DisassembledInstruction[] = [];
  let place = '';
  for (const row of rows) {
    if (row === undefined) {
      shown.push(BEYOND);
      continue;
    }
    const here = `${row.file ?? ''}:${row.line ?? ''}`;
    shown.push(await instruction(target, row, here !== place));
    place = here;
  }
  return { instructions: shown };
}

/** Where the address space ends, or nothing can be disassembled. */
const BEYOND: DebugProtocol.DisassembledInstruction = {
  address: '0x0',
  instruction: 'no instruction',
  presentationHint: 'invalid',
};

async function instruction(
  target: DebugTarget,
  row: InstructionRow,
  isNewLine: boolean,
): Promise<DebugProtocol.DisassembledInstruction> {
  const file = isNewLine && row.file !== undefined ? await target.sources.find(row.file) : undefined;
  return {
    address: row.address,
    ...(row.bytes === '' ? {} : { instructionBytes: spaced(row.bytes) }),
    instruction: instructionText(row),
    ...(row.symbol === undefined ? {} : { symbol: symbolText(row) }),
    ...(file === undefined || row.line === undefined ? {} : { location: fileSource(file.path), line: row.line }),
    ...(row.kind === 'instruction' ? {} : { presentationHint: 'invalid' as const }),
  };
}

/** The instruction with what it refers to: `call 0x401136 <main>`. */
export function instructionText({ text, refersTo, effective }: InstructionRow): string {
  const name = refersTo === undefined ? text : `${text} <${refersTo}>`;
  const accesses = (effective ?? []).map(
    ({ address, access, size, text: what }) =>
      `${ACCESS_IN_WORDS[access]} ${size === 0 ? '' : `${size} bytes `}at ${address}: ${what}`,
  );
  return accesses.length === 0 ? name : `${name}  # ${accesses.join('; ')}`;
}

const ACCESS_IN_WORDS = { read: 'reads', write: 'writes', readWrite: 'reads and writes' } as const;

/** `function+0x1f`. */
export function symbolText({ symbol = '', offset }: InstructionRow): string {
  return offset === undefined || offset === '0x0' ? symbol : `${symbol}+${offset}`;
}

function spaced(bytes: string): string {
  return (bytes.match(/../g) ?? []).join(' ');
}
