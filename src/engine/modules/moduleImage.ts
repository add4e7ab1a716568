import { type ByteSource, bytesSource } from '../base/byteSource.js';
import { Diagnostics } from '../base/diagnostics.js';
import { CfiTable } from '../dwarf/cfi/cfiTable.js';
import { DebugInfo } from '../dwarf/debugInfo.js';
import { buildIdOfFile } from '../elf/buildId.js';
import { type ElfFile, openElf } from '../elf/elfFile.js';
import {
  readSections,
  type Section,
  sectionBytes,
  SHF_COMPRESSED,
  SHT_DYNSYM,
  SHT_NOBITS,
  SHT_SYMTAB,
} from '../elf/sections.js';
import { type RawTable, SymbolTable } from '../elf/symbolTable.js';

/**
 * A file that can answer for a module: the binary, its debug file, or the vdso as it lies in the core. Everything beyond the
 * program headers is decoded on first use and kept, so one image serves all cores of a run.
 */
export class ModuleImage {
  readonly #elf: ElfFile;
  readonly #inflate: Inflate | undefined;
  #buildId: string | undefined | null = null;
  #sections: readonly Section[] | undefined;
  #hasDebugInfo: boolean | undefined;
  #symbols: SymbolTable | undefined;
  #cfi: CfiTable | undefined | null = null;
  #debugInfo: DebugInfo | undefined | null = null;

  private constructor(
    readonly path: string,
    elf: ElfFile,
    inflate: Inflate | undefined,
  ) {
    this.#elf = elf;
    this.#inflate = inflate;
  }

  /** @returns `undefined` when the bytes are no ELF file */
  static open(path: string, source: ByteSource, inflate?: Inflate): ModuleImage | undefined {
    const elf = openElf(source, new Diagnostics());
    return elf === undefined ? undefined : new ModuleImage(path, elf, inflate);
  }

  get elf(): ElfFile {
    return this.#elf;
  }

  /** `undefined` when the file has none. */
  get buildId(): string | undefined {
    if (this.#buildId === null) this.#buildId = buildIdOfFile(this.#elf);
    return this.#buildId;
  }

  get sections(): readonly Section[] {
    return (this.#sections ??= readSections(this.#elf));
  }

  /** Link address of the first byte that is loaded, rounded down to its page. */
  get firstLoadAddress(): bigint {
    const first = this.#elf.segments.filter((segment) => segment.type === 'load').at(0);
    return first === undefined ? 0n : first.vaddr - (first.vaddr % PAGE);
  }

  /** Functions and objects of .symtab and .dynsym; empty when the file has neither. */
  get symbols(): SymbolTable {
    return (this.#symbols ??= this.#readSymbols());
  }

  /** Which symbol tables the file has: `symtab` is the full one. */
  get symbolStatus(): 'symtab' | 'dynsym' | 'none' {
    if (this.sections.some((section) => section.type === SHT_SYMTAB && section.size > 0n)) return 'symtab';
    return this.sections.some((section) => section.type === SHT_DYNSYM) ? 'dynsym' : 'none';
  }

  get hasDebugInfo(): boolean {
    return (this.#hasDebugInfo ??= this.sections.some(
      (section) => section.name === '.debug_info' && section.type !== SHT_NOBITS,
    ));
  }

  /** `undefined` when the file has no call-frame information. */
  get cfi(): CfiTable | undefined {
    if (this.#cfi === null) this.#cfi = this.#readCfi();
    return this.#cfi;
  }

  /** `undefined` when the file has none. */
  get debugInfo(): DebugInfo | undefined {
    if (this.#debugInfo === null) {
      this.#debugInfo = this.hasDebugInfo
        ? new DebugInfo({
            section: (name) => this.#sectionSource(name),
            littleEndian: this.#elf.littleEndian,
            addressSize: this.#elf.is64 ? 8 : 4,
          })
        : undefined;
    }
    return this.#debugInfo;
  }

  /** Uncompressed bytes of a section; `undefined` when there is none of that name or it cannot be decompressed. */
  section(name: string): { readonly bytes: Uint8Array; readonly address: bigint } | undefined {
    const section = this.sections.find((candidate) => candidate.name === name && candidate.type !== SHT_NOBITS);
    if (section === undefined) return undefined;
    const bytes = this.#contents(section);
    return bytes === undefined ? undefined : { bytes, address: section.address };
  }

  /**
   * Bytes of the file by link address, as the loader would map them; fewer than asked where the segment's file part ends.
   */
  readLink(address: bigint, length: number): Uint8Array {
    for (const segment of this.#elf.segments) {
      if (segment.type !== 'load' || address < segment.vaddr || address >= segment.vaddr + segment.filesz) continue;
      const into = address - segment.vaddr;
      const rest = segment.filesz - into;
      return this.#elf.source.read(segment.offset + into, rest < BigInt(length) ? Number(rest) : length).bytes;
    }
    return new Uint8Array(0);
  }

  /** A section read piece by piece, so that a large one need not be in memory whole. */
  #sectionSource(name: string): ByteSource | undefined {
    const section = this.sections.find((candidate) => candidate.name === name && candidate.type !== SHT_NOBITS);
    if (section === undefined) return undefined;
    if ((section.flags & SHF_COMPRESSED) !== 0n) {
      const bytes = this.#contents(section);
      return bytes === undefined ? undefined : bytesSource(bytes);
    }
    const { source } = this.#elf;
    return {
      size: section.size,
      read: (offset, length) => {
        const left = section.size - offset;
        if (left <= 0n) return { bytes: new Uint8Array(0), rest: 'end' };
        const read = source.read(section.offset + offset, left < BigInt(length) ? Number(left) : length);
        return read.bytes.length < length ? { bytes: read.bytes, rest: read.rest ?? 'end' } : read;
      },
    };
  }

  #contents(section: Section): Uint8Array | undefined {
    const raw = sectionBytes(this.#elf.source, section);
    if ((section.flags & SHF_COMPRESSED) === 0n) return raw;
    return this.#inflate?.(raw, this.#elf.is64, this.#elf.littleEndian);
  }

  #readSymbols(): SymbolTable {
    const { is64, littleEndian } = this.#elf;
    const tables: RawTable[] = [];
    for (const type of [SHT_SYMTAB, SHT_DYNSYM]) {
      const section = this.sections.find((candidate) => candidate.type === type);
      const strings = section === undefined ? undefined : this.sections[section.link];
      if (section === undefined || strings === undefined) continue;
      tables.push({
        symbols: this.#contents(section) ?? new Uint8Array(0),
        strings: this.#contents(strings) ?? new Uint8Array(0),
        is64,
        littleEndian,
      });
    }
    return new SymbolTable(tables);
  }

  #readCfi(): CfiTable | undefined {
    const ehFrame = this.section('.eh_frame');
    const ehFrameHdr = this.section('.eh_frame_hdr');
    const debugFrame = this.section('.debug_frame');
    if (ehFrame === undefined && debugFrame === undefined) return undefined;
    const text = this.sections.find((section) => section.name === '.text');
    return new CfiTable({
      ...(ehFrame === undefined ? {} : { ehFrame }),
      ...(ehFrameHdr === undefined ? {} : { ehFrameHdr }),
      ...(debugFrame === undefined ? {} : { debugFrame }),
      ...(text === undefined ? {} : { textAddress: text.address }),
      addressSize: this.#elf.is64 ? 8 : 4,
      littleEndian: this.#elf.littleEndian,
    });
  }
}

/**
 * Decompresses a section that starts with an Elf_Chdr (gABI, "Section Compression"); given from outside since the engine knows no
 * decompressor. `undefined` when it cannot.
 */
export type Inflate = (section: Uint8Array, is64: boolean, littleEndian: boolean) => Uint8Array | undefined;

const PAGE = 4096n;
