import { ByteCursor, FormatError } from '../../base/byteCursor.js';
import { type CommonEntry, readCommonEntry } from './commonEntry.js';
import type { CfiSectionName } from './cfiRow.js';
import {
  ABSOLUTE,
  type EncodedPointer,
  OMITTED,
  type PointerBases,
  readEncodedPointer,
  readEncodedValue,
} from './pointerEncoding.js';

/** The bytes of a section and the link address of `bytes[0]`. */
export interface SectionBytes {
  readonly bytes: Uint8Array;
  readonly address: bigint;
}

/** What the entries of a section need besides its bytes. */
export interface FrameSectionContext {
  readonly name: CfiSectionName;
  readonly textAddress?: bigint | undefined;
  readonly dataAddress?: bigint | undefined;
  readonly addressSize: 4 | 8;
  readonly littleEndian: boolean;
}

/** Position and identity of one entry; `end` is where the next one begins. Positions count from the start of the section. */
export interface EntryHeader {
  readonly offset: number;
  readonly end: number;
  /** Of the first byte behind the CIE id or pointer. */
  readonly body: number;
  /** `undefined`: the entry is a CIE. */
  readonly commonOffset: number | undefined;
}

/** A frame description entry (FDE): one function and the instructions that make its rows. */
export interface FrameEntry {
  readonly offset: number;
  readonly common: CommonEntry;
  readonly start: bigint;
  readonly end: bigint;
  readonly instructionsStart: number;
  readonly instructionsEnd: number;
  readonly lsda: EncodedPointer | undefined;
}

/** How many CIEs are kept decoded: real files have a handful, a hostile one as many as it likes. */
const COMMON_ENTRIES_KEPT = 1024;

/** The entries of `.eh_frame` (LSB Core, "Exception Frames") or `.debug_frame` (DWARF 5 §6.4.1). Methods throw `FormatError`. */
export class FrameSection {
  readonly #common = new Map<number, CommonEntry>();
  /** For headers, which are read by the hundred thousand. */
  readonly #cursor: ByteCursor;

  constructor(
    readonly section: SectionBytes,
    readonly context: FrameSectionContext,
  ) {
    this.#cursor = new ByteCursor(section.bytes, context.littleEndian, section.address);
  }

  /** A cursor from the section's start, so that its position is an offset in the section, which may read up to `end`. */
  cursor(position: number, end = this.section.bytes.length): ByteCursor {
    const { bytes, address } = this.section;
    if (!(position >= 0 && position <= end)) throw new FormatError('out-of-bounds', `no entry at offset ${position}`);
    return new ByteCursor(bytes.subarray(0, end), this.context.littleEndian, address, position);
  }

  /** `undefined` for a terminator, which is four zero bytes and may be followed by further entries. */
  header(offset: number): EntryHeader | undefined {
    const cursor = this.#cursor.seek(offset);
    const forEh = this.context.name === '.eh_frame';
    const length32 = cursor.u32();
    if (length32 === 0) return undefined;
    const wide = length32 === 0xffffffff;
    const length = wide ? Number(cursor.u64()) : length32;
    const end = cursor.position + length;
    if (!(end <= this.section.bytes.length)) {
      throw new FormatError(
        'truncated',
        'call-frame entry reaches past its section',
        this.section.address + BigInt(offset),
      );
    }
    const idPosition = cursor.position;
    // In .eh_frame the id has four bytes even in the wide form, counts backwards from itself, and 0 marks a CIE.
    if (forEh) {
      const id = cursor.u32();
      return { offset, end, body: cursor.position, commonOffset: id === 0 ? undefined : idPosition - id };
    }
    const id = wide ? cursor.u64() : BigInt(cursor.u32());
    const isCommon = id === (wide ? 0xffffffffffffffffn : 0xffffffffn);
    return { offset, end, body: cursor.position, commonOffset: isCommon ? undefined : Number(id) };
  }

  /** The CIE at `offset`, decoded once. */
  common(offset: number): CommonEntry {
    const known = this.#common.get(offset);
    if (known !== undefined) return known;
    const header = this.header(offset);
    if (header === undefined || header.commonOffset !== undefined) {
      throw new FormatError('bad-cie-pointer', 'no CIE there', this.section.address + BigInt(offset));
    }
    const cursor = this.cursor(header.body, header.end);
    const entry = readCommonEntry(cursor, offset, this.bases(this.context.addressSize));
    if (this.#common.size >= COMMON_ENTRIES_KEPT) this.#common.clear();
    this.#common.set(offset, entry);
    return entry;
  }

  /** The FDE at `offset`; `undefined` when something else is there or its address cannot be known. */
  entry(offset: number): FrameEntry | undefined {
    const header = this.header(offset);
    if (header?.commonOffset === undefined) return undefined;
    const common = this.common(header.commonOffset);
    const cursor = this.cursor(header.body, header.end);
    cursor.skip(common.segmentSize);
    const bases = this.bases(common.addressSize);
    const encoding = common.pointerEncoding;
    const start =
      encoding === ABSOLUTE ? cursor.word(common.addressSize) : readEncodedPointer(cursor, encoding, bases)?.address;
    const length = readEncodedValue(cursor, encoding & 0x0f, common.addressSize);
    if (start === undefined || length < 0n) return undefined;
    let lsda: EncodedPointer | undefined;
    if (common.hasAugmentationData) {
      const behind = cursor.ulebNumber() + cursor.position;
      if (common.lsdaEncoding !== OMITTED && behind > cursor.position) {
        lsda = readEncodedPointer(cursor, common.lsdaEncoding, { ...bases, functionStart: start });
      }
      cursor.seek(behind);
    }
    return {
      offset,
      common,
      start,
      end: start + length,
      instructionsStart: cursor.position,
      instructionsEnd: header.end,
      lsda,
    };
  }

  /** The relative displacement at `position`. */
  displacement(position: number): number {
    return this.#cursor.seek(position).i32();
  }

  bases(addressSize: 4 | 8): PointerBases {
    const { textAddress, dataAddress } = this.context;
    return { section: this.section.address, text: textAddress, data: dataAddress, addressSize };
  }
}
