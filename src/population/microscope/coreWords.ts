import { bareWord } from './bareWord.js';

/** What a row keeps of registers and stack, as its columns have it; whatever is not what it should be counts as missing. */
export interface KeptWords {
  readonly rsp?: unknown;
  readonly frame_base?: unknown;
  readonly registers?: unknown;
  readonly register_words?: unknown;
  readonly stack_start?: unknown;
  readonly stack?: unknown;
  readonly stack_words?: unknown;
  /** Of a row as `redzone triage --ndjson` prints it. */
  readonly thread?: unknown;
  readonly frames?: unknown;
}

/** The columns above. */
export const KEPT_COLUMNS: readonly string[] = [
  'rsp',
  'frame_base',
  'registers',
  'register_words',
  'stack_start',
  'stack',
  'stack_words',
  'thread',
  'frames',
];

/** Words of one core by position. */
export type CoreWords = ReadonlyMap<string, string>;

/** Slots that are looked at, in bytes from what they are aligned to. */
const FROM_RSP = { low: -256n, high: 2048n };
const FROM_FRAME = { low: -256n, high: 256n };

/** The words of a core by position: `rip`, `[rsp-8]`, `[frame-16]`. Empty where the row keeps none. */
export function coreWords(kept: KeptWords): CoreWords {
  const words = new Map<string, string>();
  const bare = registersOf(kept);
  const rsp = address(kept.rsp) ?? address(bare['rsp']);
  const told = objectOf(kept.register_words);
  for (const [name, value] of Object.entries(told)) if (typeof value === 'string') words.set(name, value);
  for (const [name, value] of Object.entries(bare)) {
    const number = address(value);
    if (number !== undefined && name !== 'rsp' && !words.has(name)) words.set(name, bareWord(number, rsp));
  }
  if (rsp === undefined) return words;
  words.set('rsp mod 16', rsp % 16n === 0n ? 'zero' : `number ${rsp % 16n}`);
  const start = address(kept.stack_start);
  if (start === undefined) return words;
  const slots = slotsOf(kept, rsp);
  const frame = frameOf(kept);
  slots.forEach((word, index) => {
    const at = start + BigInt(index * 8);
    put(words, 'rsp', at - rsp, FROM_RSP, word);
    if (frame !== undefined) put(words, 'frame', at - frame, FROM_FRAME, word);
  });
  return words;
}

function put(
  words: Map<string, string>,
  anchor: string,
  offset: bigint,
  { low, high }: { low: bigint; high: bigint },
  word: string,
): void {
  if (offset % 8n !== 0n || offset < low || offset >= high) return;
  words.set(slotName(anchor, Number(offset)), word);
}

/** `[rsp-8]`, `[rsp]`, `[frame+16]`. */
export function slotName(anchor: string, offset: number): string {
  return offset === 0 ? `[${anchor}]` : `[${anchor}${offset < 0 ? '-' : '+'}${Math.abs(offset)}]`;
}

function slotsOf({ stack, stack_words: told }: KeptWords, rsp: bigint): readonly string[] {
  if (typeof told === 'string' && told !== '') return told.split('\n');
  const bytes = bytesOf(stack);
  if (bytes === undefined) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length >> 3 }, (_, index) => bareWord(view.getBigUint64(index * 8, true), rsp));
}

/** Bytes, a list of numbers, or text of two hexadecimal digits a byte. */
function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string' && value.length % 2 === 0 && /^[0-9a-f]+$/i.test(value))
    return Uint8Array.from(value.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  if (Array.isArray(value) && value.every((byte) => typeof byte === 'number')) return Uint8Array.from(value);
  return undefined;
}

function registersOf({ registers, thread }: KeptWords): Readonly<Record<string, unknown>> {
  const own = objectOf(registers);
  return Object.keys(own).length > 0 ? own : objectOf(objectOf(thread)['registers']);
}

function frameOf({ frame_base: base, frames }: KeptWords): bigint | undefined {
  return address(base) ?? (Array.isArray(frames) ? address(objectOf(frames[0])['cfa']) : undefined);
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  let object = value;
  if (typeof value === 'string')
    try {
      object = JSON.parse(value);
    } catch {
      return {};
    }
  return typeof object === 'object' && object !== null ? (object as Readonly<Record<string, unknown>>) : {};
}

function address(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return BigInt.asUintN(64, value);
  return typeof value === 'string' && /^0x[0-9a-f]{1,16}$/i.test(value) ? BigInt(value) : undefined;
}
