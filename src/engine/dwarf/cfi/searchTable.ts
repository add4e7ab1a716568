import { ByteCursor, FormatError } from '../../base/byteCursor.js';
import type { SectionBytes } from './frameSection.js';
import { OMITTED, readEncodedPointer } from './pointerEncoding.js';

/** DW_EH_PE_datarel | DW_EH_PE_sdata4: the only form of table that linkers write. */
const TABLE_ENCODING = 0x3b;

/** The binary search table of `.eh_frame_hdr` (LSB Core, "Exception Frame Header"): function start to FDE. */
export class SearchTable {
  readonly #view: DataView;

  private constructor(
    private readonly header: SectionBytes,
    private readonly table: number,
    private readonly littleEndian: boolean,
    readonly size: number,
  ) {
    this.#view = new DataView(header.bytes.buffer, header.bytes.byteOffset, header.bytes.byteLength);
  }

  /** `undefined` when there is no table, it is not in the usual form, does not fit its section or is not sorted. */
  static read(header: SectionBytes, addressSize: 4 | 8, littleEndian: boolean): SearchTable | undefined {
    try {
      const cursor = new ByteCursor(header.bytes, littleEndian, header.address);
      if (cursor.u8() !== 1) return undefined;
      const [frameEncoding, countEncoding, tableEncoding] = [cursor.u8(), cursor.u8(), cursor.u8()];
      if (tableEncoding !== TABLE_ENCODING || countEncoding === OMITTED) return undefined;
      const bases = { section: header.address, data: header.address, addressSize };
      readEncodedPointer(cursor, frameEncoding, bases);
      const count = Number(readEncodedPointer(cursor, countEncoding, bases)?.address ?? 0n);
      if (count === 0 || count > Math.floor(cursor.remaining / 8)) return undefined;
      const table = new SearchTable(header, cursor.position, littleEndian, count);
      return table.#isSorted() ? table : undefined;
    } catch (problem) {
      if (problem instanceof FormatError) return undefined;
      throw problem;
    }
  }

  /** Link address of the FDE that starts nearest at or before `pc`, and of its function. */
  find(pc: bigint): { start: bigint; entry: bigint } | undefined {
    const distance = Number(BigInt.asIntN(64, pc - this.header.address));
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#start(middle) <= distance) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return undefined;
    const entry = this.#view.getInt32(this.table + (low - 1) * 8 + 4, this.littleEndian);
    return { start: this.header.address + BigInt(this.#start(low - 1)), entry: this.header.address + BigInt(entry) };
  }

  #start(index: number): number {
    return this.#view.getInt32(this.table + index * 8, this.littleEndian);
  }

  #isSorted(): boolean {
    for (let i = 1; i < this.size; i++) if (this.#start(i) < this.#start(i - 1)) return false;
    return true;
  }
}
