import { bytesSource, type ByteSource } from '../base/byteSource.js';
import { Diagnostics } from '../base/diagnostics.js';
import { CfiTable } from '../dwarf/cfi/cfiTable.js';
import { DebugInfo } from '../dwarf/debugInfo.js';
import type { DebugSections } from '../dwarf/debugSections.js';
import { buildIdOfFile } from '../elf/buildId.js';
import { type ElfFile, openElf } from '../elf/elfFile.js';
import { type Section, SHT_DYNSYM, SHT_SYMTAB } from '../elf/sections.js';
import { type ElfSymbol, type RawTable, SymbolTable } from '../elf/symbolTable.js';
import { debugSectionsOf } from './companionFiles.js';
import { type DebugLink, decodeDebugLink } from './debugLinks.js';
import { ImageFacts } from './imageFacts.js';
import { ImageSections } from './imageSections.js';
import type { ImageFile, ImageTools } from './imageTools.js';
import { PltEntries } from './pltEntries.js';

export type { ImageTools, Inflate } from './imageTools.js';

/**
 * A file that can answer for a module: the binary, its debug file, or the vdso as it lies in the core. Everything beyond the
 * program headers is decoded on first use and kept, so one image serves all cores of a run.
 */
export class ModuleImage implements ImageFile {
  readonly #elf: ElfFile;
  readonly #tools: ImageTools;
  readonly #sections: ImageSections;
  readonly #refused: string[] = [];
  /** What was worked out of this file for some core, and holds for all. */
  readonly facts = new ImageFacts();
  #buildId: string | undefined | null = null;
  #symbols: SymbolTable | undefined;
  #plt: PltEntries | undefined;
  #cfi: CfiTable | undefined | null = null;
  #debugSections: DebugSections | undefined;
  #debugInfo: DebugInfo | undefined | null = null;
  #heldBytes = 0;

  private constructor(
    readonly path: string,
    elf: ElfFile,
    tools: ImageTools,
  ) {
    this.#elf = elf;
    this.#tools = tools;
    this.#sections = new ImageSections(elf, tools.inflate);
  }

  /** @returns `undefined` when the bytes are no ELF file */
  static open(path: string, source: ByteSource, tools: ImageTools = {}): ModuleImage | undefined {
    const elf = openElf(source, new Diagnostics());
    return elf === undefined ? undefined : new ModuleImage(path, elf, tools);
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
    return this.#sections.all;
  }

  /** Bytes of tables that were decoded and are kept, about. */
  get heldBytes(): number {
    return this.#heldBytes + this.facts.heldBytes;
  }

  /** Files that the debug information refers to and that were found to be wrong ones, one sentence each; grows with use. */
  get refused(): readonly string[] {
    return this.#refused;
  }

  /** Link address of the first byte that is loaded, rounded down to its page. */
  get firstLoadAddress(): bigint {
    const first = this.#elf.segments.filter((segment) => segment.type === 'load').at(0);
    return first === undefined ? 0n : first.vaddr - (first.vaddr % PAGE);
  }

  /** Link address at which the program starts (e_entry). */
  get entryAddress(): bigint {
    const { bytes } = this.#elf.source.read(24n, 8);
    if (bytes.length < 8) return 0n;
    const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
    const { is64, littleEndian } = this.#elf;
    return is64 ? view.getBigUint64(0, littleEndian) : BigInt(view.getUint32(0, littleEndian));
  }

  /** Functions and objects of .symtab, .dynsym and .gnu_debugdata; empty when the file has none of them. */
  get symbols(): SymbolTable {
    return (this.#symbols ??= this.#readSymbols());
  }

  /** The stub of the procedure linkage table at a link address, called `f@plt`. */
  pltEntry(address: bigint): ElfSymbol | undefined {
    return (this.#plt ??= new PltEntries(this)).find(address);
  }

  /** Whether one section holds both link addresses; `undefined` when the file does not tell where its sections are. */
  inSameSection(one: bigint, other: bigint): boolean | undefined {
    const holds = (section: Section, address: bigint): boolean =>
      address >= section.address && address < section.address + section.size;
    const section = this.sections.find((candidate) => candidate.address !== 0n && holds(candidate, one));
    return section === undefined ? undefined : holds(section, other);
  }

  /** Which symbol tables the file has: `symtab` is the full one, or the compressed rest of it. */
  get symbolStatus(): 'symtab' | 'dynsym' | 'none' {
    if (this.sections.some((section) => section.type === SHT_SYMTAB && section.size > 0n)) return 'symtab';
    if (this.#tools.unxz !== undefined && this.#sections.find('.gnu_debugdata') !== undefined) return 'symtab';
    return this.sections.some((section) => section.type === SHT_DYNSYM) ? 'dynsym' : 'none';
  }

  get hasDebugInfo(): boolean {
    return this.#sections.find('.debug_info') !== undefined;
  }

  /** The debug file that this binary names; `undefined` when it names none. */
  get debugLink(): DebugLink | undefined {
    const section = this.section('.gnu_debuglink');
    return section === undefined ? undefined : decodeDebugLink(section.bytes, this.#elf.littleEndian);
  }

  /** `undefined` when the file has no call-frame information. */
  get cfi(): CfiTable | undefined {
    if (this.#cfi === null) this.#cfi = this.#readCfi();
    return this.#cfi;
  }

  /** `undefined` when the file has none. */
  get debugInfo(): DebugInfo | undefined {
    if (this.#debugInfo === null) this.#debugInfo = this.hasDebugInfo ? new DebugInfo(this.debugSections) : undefined;
    return this.#debugInfo;
  }

  /** The debug sections with the files that they refer to; always the same object. */
  get debugSections(): DebugSections {
    return (this.#debugSections ??= debugSectionsOf(this, this.#tools.companions, this.#refused));
  }

  /** Uncompressed bytes of a section; `undefined` when there is none of that name or it cannot be decompressed. */
  section(name: string): { readonly bytes: Uint8Array; readonly address: bigint } | undefined {
    const section = this.#sections.find(name);
    if (section === undefined) return undefined;
    const bytes = this.#sections.contents(section);
    return bytes === undefined ? undefined : { bytes, address: section.address };
  }

  /** A section read piece by piece; compressed ones are decompressed whole. */
  sectionSource(name: string): ByteSource | undefined {
    return this.#sections.source(name);
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

  #readSymbols(): SymbolTable {
    const tables = [SHT_SYMTAB, SHT_DYNSYM].flatMap((type) => this.#rawTable(this, type));
    const rest = this.#debugData();
    if (rest !== undefined) tables.push(...this.#rawTable(rest, SHT_SYMTAB));
    for (const { symbols, strings } of tables) this.#heldBytes += 2 * symbols.length + strings.length;
    return new SymbolTable(tables);
  }

  #rawTable(image: ModuleImage, type: number): RawTable[] {
    const { is64, littleEndian } = this.#elf;
    const section = image.sections.find((candidate) => candidate.type === type);
    const strings = section === undefined ? undefined : image.sections[section.link];
    if (section === undefined || strings === undefined) return [];
    const contents = (of: Section): Uint8Array => image.#sections.contents(of) ?? new Uint8Array(0);
    return [{ symbols: contents(section), strings: contents(strings), is64, littleEndian }];
  }

  /** `.gnu_debugdata`: an ELF file in an xz stream, with the symbols that are not exported (gdb manual, "MiniDebugInfo"). */
  #debugData(): ModuleImage | undefined {
    const packed = this.#tools.unxz === undefined ? undefined : this.section('.gnu_debugdata');
    const bytes = packed === undefined ? undefined : this.#tools.unxz?.(packed.bytes);
    return bytes === undefined ? undefined : ModuleImage.open(this.path, bytesSource(bytes));
  }

  #readCfi(): CfiTable | undefined {
    const ehFrame = this.section('.eh_frame');
    const ehFrameHdr = this.section('.eh_frame_hdr');
    const debugFrame = this.section('.debug_frame');
    if (ehFrame === undefined && debugFrame === undefined) return undefined;
    for (const part of [ehFrame, ehFrameHdr, debugFrame]) this.#heldBytes += part?.bytes.length ?? 0;
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

const PAGE = 4096n;
