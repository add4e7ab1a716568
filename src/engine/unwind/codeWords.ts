import { runtimeAddress } from '../base/addresses.js';
import type { UnwindContext } from './unwindContext.js';

/** A word of 64 bits in memory. */
export interface PlacedWord {
  readonly place: bigint;
  readonly word: bigint;
}

/**
 * The words that may be return addresses among those in a row from `low`, ascending; words that are not in the core are passed over.
 *
 * @param count how many words to look at
 */
export function codeWords(context: UnwindContext, low: bigint, count: number): readonly PlacedWord[] {
  const found: PlacedWord[] = [];
  // A read ends where a file's pages do, too: only a word from which there is nothing to read is missing.
  for (let at = 0; at < count;) at += readRow(context, low + BigInt(8 * at), count - at, found) || 1;
  return found;
}

/** The same, up to the first word that is not in the core. */
export function codeWordsInRow(context: UnwindContext, low: bigint, count: number): readonly PlacedWord[] {
  const found: PlacedWord[] = [];
  for (let at = 0; at < count;) {
    const words = readRow(context, low + BigInt(8 * at), count - at, found);
    if (words === 0) break;
    at += words;
  }
  return found;
}

/** @returns how many words there are in a row */
function readRow({ memory, code }: UnwindContext, low: bigint, count: number, found: PlacedWord[]): number {
  const { bytes } = memory.read(runtimeAddress(low), 8 * count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = Math.floor(bytes.length / 8);
  for (let i = 0; i < words; i++) {
    if (code.mayHold(view.getUint32(8 * i + 4, true), view.getUint32(8 * i, true)))
      found.push({ place: low + BigInt(8 * i), word: view.getBigUint64(8 * i, true) });
  }
  return words;
}
