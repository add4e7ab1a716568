import { ByteCursor } from '../base/byteCursor.js';
import type { Diagnostics } from '../base/diagnostics.js';
import { latin1 } from '../base/text.js';

/** One note: `desc` is a view into the bytes it was decoded from. */
export interface Note {
  readonly name: string;
  readonly type: number;
  readonly desc: Uint8Array;
  /** File offset or address of `desc`. */
  readonly offset: bigint;
}

/**
 * Decodes the notes of a PT_NOTE segment or SHT_NOTE section (gABI, "Note Section"). Stops at the first malformed note with a
 * diagnostic; what came before is returned.
 *
 * @param origin file offset or address of `bytes[0]`
 * @param alignment 4, or 8 where the segment says so (only .note.gnu.property does)
 */
export function readNotes(
  bytes: Uint8Array,
  littleEndian: boolean,
  origin: bigint,
  diagnostics: Diagnostics,
  alignment: 4 | 8 = 4,
): Note[] {
  const cursor = new ByteCursor(bytes, littleEndian, origin);
  const notes: Note[] = [];
  while (cursor.remaining >= 12) {
    if (notes.length >= MOST_NOTES) {
      diagnostics.report(
        'bad-note',
        `more than ${MOST_NOTES} notes: the rest is not read`,
        origin + BigInt(cursor.position),
      );
      break;
    }
    const start = cursor.position;
    const nameSize = cursor.u32();
    const descSize = cursor.u32();
    const type = cursor.u32();
    if (nameSize === 0 && descSize === 0 && type === 0) break;
    if (padded(nameSize, 4) + descSize > cursor.remaining) {
      diagnostics.report(
        'bad-note',
        `note of type 0x${type.toString(16)} claims ${nameSize} + ${descSize} bytes where ${cursor.remaining} are left`,
        origin + BigInt(start),
      );
      break;
    }
    const name = cursor.take(nameSize);
    cursor.skip(Math.min(padded(nameSize + 12, alignment) - nameSize - 12, cursor.remaining));
    const offset = origin + BigInt(cursor.position);
    const desc = cursor.take(Math.min(descSize, cursor.remaining));
    cursor.skip(Math.min(padded(descSize, alignment) - descSize, cursor.remaining));
    const end = name.indexOf(0);
    notes.push({ name: nameOf(end < 0 ? name : name.subarray(0, end)), type, desc, offset });
  }
  return notes;
}

/** Names are a few letters; of one that pretends to be longer the start will do. */
function nameOf(bytes: Uint8Array): string {
  return latin1(bytes.length > LONGEST_NAME ? bytes.subarray(0, LONGEST_NAME) : bytes);
}

const LONGEST_NAME = 64;
/** Of 64 MiB, what a hostile file could fill with empty ones. */
const MOST_NOTES = 1 << 18;

function padded(size: number, alignment: number): number {
  return Math.ceil(size / alignment) * alignment;
}
