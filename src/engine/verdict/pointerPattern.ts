import { printable } from './printable.js';

/** Bytes that allocators and debuggers fill memory with, and what a word full of them tells. */
const FILLS: ReadonlyMap<number, string> = new Map([
  [0x5a, 'the pattern of freed memory (jemalloc)'],
  [0x6b, 'the pattern of freed memory (0x6b)'],
  [0xa5, 'the pattern of memory that was never set (jemalloc)'],
  [0xbe, 'the pattern of memory that was never set (AddressSanitizer)'],
  [0xcc, 'the pattern of variables that were never set'],
  [0xcd, 'the pattern of heap memory that was never set'],
  [0xdd, 'the pattern of freed memory (0xdd)'],
  [0xfe, 'the pattern of freed memory (0xfe)'],
  [0xff, 'all ones, as of -1 or of erased memory'],
]);

/** Words that people write where nothing is. */
const MARKS: ReadonlySet<number> = new Set([
  0xdeadbeef, 0xdeadc0de, 0xbaadf00d, 0xfeedface, 0xcafebabe, 0xdeaddead, 0xbadc0ffe, 0xfeeefeee, 0xabadcafe,
  0xdeadf00d,
]);

/**
 * What a bad pointer's value looks like: text, a filled word, a mark.
 *
 * @returns a clause such as `is text: "/usr/lib"`; `undefined` when it looks like nothing known
 */
export function pointerPattern(word: bigint): string | undefined {
  const byte = Number(word & 0xffn);
  const repeated = word === BigInt(byte) * EACH_BYTE;
  // Some fills are letters too: a text of one letter eight times is rarer than they are.
  const known = repeated ? FILLS.get(byte) : undefined;
  if (known !== undefined) return `is ${known}`;
  const text = printable(word);
  if (text !== undefined) return `is text: "${text}"`;
  const high = Number(word >> 32n);
  const low = Number(word & 0xffff_ffffn);
  if (MARKS.has(low) && (high === 0 || MARKS.has(high))) return `is a mark, 0x${low.toString(16)}`;
  return repeated && byte !== 0 ? `is one byte, 0x${byte.toString(16)}, repeated: filled or freed memory` : undefined;
}

const EACH_BYTE = 0x0101_0101_0101_0101n;
