import { Parser } from 'elfy';

/**
 * The one file that knows elfy: identification, header and program headers of an ELF file.
 *
 * elfy reads from a node `Buffer` through a handful of methods; `ElfyBytes` offers just those over plain bytes, so that the engine
 * needs no node types. elfy holds 64-bit fields as doubles: callers re-read the ones above 2^53 themselves.
 */
export function parseElfHeader(bytes: Uint8Array): ElfIdentity | undefined {
  try {
    const header = new Parser().parseHeader(new ElfyBytes(bytes));
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
  if (entrySize < (identity.is64 ? 56 : 32)) return [];
  const parser = new Parser();
  const header = parser.parseHeader(new ElfyBytes(identificationOf(identity)));
  header.phentsize = entrySize;
  header.phnum = Math.floor(table.length / entrySize);
  // elfy takes a table at offset 0 for "none", so it gets the table behind one empty entry.
  const shifted = new ElfyBytes(table.length + entrySize);
  shifted.set(table, entrySize);
  header.phoff = entrySize;
  return parser.parsePrograms(shifted, header).map((program) => ({
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

function identificationOf(identity: ElfIdentity): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, identity.is64 ? 2 : 1, identity.littleEndian ? 1 : 2, 1]);
  return bytes;
}

class ElfyBytes extends Uint8Array {
  readUInt16LE(offset: number): number {
    return this.#number(offset, 2, true);
  }

  readUInt16BE(offset: number): number {
    return this.#number(offset, 2, false);
  }

  readUInt32LE(offset: number): number {
    return this.#number(offset, 4, true);
  }

  readUInt32BE(offset: number): number {
    return this.#number(offset, 4, false);
  }

  // elfy slices out each segment's contents; views instead of copies keep that free.
  override slice(start?: number, end?: number): ElfyBytes {
    const from = clamp(start ?? 0, this.length);
    const to = Math.max(from, clamp(end ?? this.length, this.length));
    return new ElfyBytes(this.buffer as ArrayBuffer, this.byteOffset + from, to - from);
  }

  #number(offset: number, size: 2 | 4, littleEndian: boolean): number {
    const view = new DataView(this.buffer, this.byteOffset, this.byteLength);
    return size === 2 ? view.getUint16(offset, littleEndian) : view.getUint32(offset, littleEndian);
  }
}

function clamp(value: number, length: number): number {
  return Math.min(length, Math.max(0, value));
}
