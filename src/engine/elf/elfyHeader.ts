import { type ElfyTable, Parser } from 'elfy';

/**
 * The one file that knows elfy: identification, header and program headers of an ELF file.
 *
 * elfy reads from a node `Buffer` through a handful of methods; `HeaderBytes` and `TableBytes` offer just those over plain bytes, so
 * that the engine needs no node types. elfy holds 64-bit fields as doubles: callers re-read the ones above 2^53 themselves.
 */
export function parseElfHeader(bytes: Uint8Array): ElfIdentity | undefined {
  try {
    const header = new Parser().parseHeader(new HeaderBytes(bytes));
    return {
      is64: header.class === '64',
      littleEndian: header.endian === 'lsb',
      type: header.type ?? 'unknown',
      machine: header.machine,
    };
  } catch {
    return undefined;
  }
}

export interface ElfIdentity {
  readonly is64: boolean;
  readonly littleEndian: boolean;
  /** `none`, `rel`, `exec`, `dyn`, `core`, or `unknown`. */
  readonly type: string;
  /** elfy's name for e_machine; `undefined` for machines it does not know. */
  readonly machine: string | undefined;
}

/** One program header; numbers above 2^53 are rounded. */
export interface RawProgramHeader {
  readonly type: string | undefined;
  readonly offset: number;
  readonly vaddr: number;
  readonly filesz: number;
  readonly memsz: number;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
}

/**
 * @param table the program header table alone
 * @param entrySize bytes per entry, as the file's header says
 * @returns as many entries as `table` holds whole; none when `entrySize` is too small for the class
 */
export function parseProgramHeaders(table: Uint8Array, identity: ElfIdentity, entrySize: number): RawProgramHeader[] {
  const count = Math.floor(table.length / entrySize);
  if (entrySize < (identity.is64 ? 56 : 32) || count === 0) return [];
  const parser = new Parser();
  parser.setEndian(identity.littleEndian ? 'lsb' : 'msb');
  parser.setWord(identity.is64 ? 8 : 4);
  // elfy takes a table at offset 0 for "none", so it is told that one entry comes before.
  const layout = { class: identity.is64 ? '64' : '32', phoff: entrySize, phentsize: entrySize, phnum: count } as const;
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  return parser.parsePrograms(new TableBytes(view, -entrySize, (count + 1) * entrySize), layout).map((program) => ({
    type: program.type,
    offset: program.offset,
    vaddr: program.vaddr,
    filesz: program.filesz,
    memsz: program.memsz,
    readable: program.flags.r === true,
    writable: program.flags.w === true,
    executable: program.flags.x === true,
  }));
}

/** What elfy asks of a `Buffer` when it reads the header. */
class HeaderBytes extends Uint8Array {
  readUInt16LE(offset: number): number {
    return (this[offset] ?? 0) | ((this[offset + 1] ?? 0) << 8);
  }

  readUInt16BE(offset: number): number {
    return ((this[offset] ?? 0) << 8) | (this[offset + 1] ?? 0);
  }

  readUInt32LE(offset: number): number {
    return (this.readUInt16LE(offset) | (this.readUInt16LE(offset + 2) << 16)) >>> 0;
  }

  readUInt32BE(offset: number): number {
    return ((this.readUInt16BE(offset) << 16) | this.readUInt16BE(offset + 2)) >>> 0;
  }
}

/** What elfy asks of a `Buffer` when it reads a table. It slices out every entry and its contents: here that copies nothing. */
class TableBytes implements ElfyTable {
  /** @param start of this slice in `view`; what lies outside is never read */
  constructor(
    private readonly view: DataView,
    private readonly start: number,
    readonly length: number,
  ) {}

  slice(start: number, end: number): TableBytes {
    return new TableBytes(this.view, this.start + start, end - start);
  }

  readUInt32LE(offset: number): number {
    return this.view.getUint32(this.start + offset, true);
  }

  readUInt32BE(offset: number): number {
    return this.view.getUint32(this.start + offset, false);
  }
}
