import { type LinkAddress, linkAddress } from '../../base/addresses.js';
import { FormatError } from '../../base/byteCursor.js';
import type { Diagnostics } from '../../base/diagnostics.js';
import type { CfiRow } from './cfiRow.js';
import { type DecodedRows, RowDecoder } from './decodeRows.js';
import { FrameIndex } from './frameIndex.js';
import { type FrameEntry, FrameSection, type SectionBytes } from './frameSection.js';
import type { EncodedPointer } from './pointerEncoding.js';
import { SearchTable } from './searchTable.js';

/** The sections of one file that hold call-frame information, uncompressed, with the link addresses of their first bytes. */
export interface CfiSections {
  readonly ehFrame?: SectionBytes;
  readonly ehFrameHdr?: SectionBytes;
  readonly debugFrame?: SectionBytes;
  /** Link address of `.text`, for the rare text-relative pointers. */
  readonly textAddress?: bigint;
  /** Link address of `.got` or, on x86-64, of nothing: for data-relative pointers in `.eh_frame`. */
  readonly dataAddress?: bigint;
  readonly addressSize: 4 | 8;
  readonly littleEndian: boolean;
}

export interface CfiOptions {
  /** Reads a pointer at a link address, to follow indirect pointers; without it, they are unknown. */
  readonly readPointer?: (address: LinkAddress) => bigint | undefined;
  readonly diagnostics?: Diagnostics;
  /** How many bytes of decoded rows to keep; 8 MiB by default. */
  readonly cacheBytes?: number;
}

/**
 * The call-frame information of one file. Tables are indexed on first use and the rows of recently asked functions are kept, so
 * that one instance serves any number of stacks.
 */
export class CfiTable {
  readonly #sources: readonly FrameSource[];
  readonly #options: CfiOptions;
  #last: DecodedFunction | undefined;

  /** Reads nothing yet. */
  constructor(sections: CfiSections, options: CfiOptions = {}) {
    this.#options = options;
    const { ehFrame, ehFrameHdr, debugFrame, ...context } = sections;
    const budget = options.cacheBytes ?? 8 << 20;
    const sources: FrameSource[] = [];
    if (ehFrame !== undefined) {
      const section = new FrameSection(ehFrame, { ...context, name: '.eh_frame' });
      sources.push(new FrameSource(section, ehFrameHdr, budget, options.diagnostics));
    }
    if (debugFrame !== undefined) {
      const section = new FrameSection(debugFrame, { ...context, name: '.debug_frame' });
      sources.push(new FrameSource(section, undefined, budget, options.diagnostics));
    }
    this.#sources = sources;
  }

  /**
   * The row that holds at `pc`, a link address: of the instruction itself, or of the return address minus one. `.eh_frame` is asked
   * before `.debug_frame`. `undefined` when neither covers it or what does cannot be read. Never throws.
   */
  find(pc: bigint): CfiRow | undefined {
    const last = this.#last;
    if (last !== undefined && pc >= last.entry.start && pc < last.entry.end) {
      const row = this.#row(last, pc);
      if (row !== undefined) return row;
    }
    for (const source of this.#sources) {
      const found = source.find(pc);
      const row = found === undefined ? undefined : this.#row(found, pc);
      if (row !== undefined) {
        this.#last = found;
        return row;
      }
    }
    return undefined;
  }

  #row(found: DecodedFunction, pc: bigint): CfiRow | undefined {
    const { entry, decoded } = found;
    const distance = Number(pc - entry.start);
    if (distance >= decoded.length) return undefined;
    const index = lastAtOrBefore(decoded.starts, distance);
    const known = found.rows.get(index);
    if (known !== undefined) return known;
    const row = decoded.rows[index];
    const start = decoded.starts[index];
    if (row === undefined || start === undefined) return undefined;
    const lsda = this.#follow(entry.lsda);
    const personality = this.#follow(entry.common.personality);
    const made: CfiRow = {
      start: linkAddress(entry.start + BigInt(start)),
      end: linkAddress(entry.start + BigInt(decoded.starts[index + 1] ?? decoded.length)),
      functionStart: linkAddress(entry.start),
      functionEnd: linkAddress(entry.end),
      cfa: row.cfa,
      rules: row.rules,
      returnAddressRegister: entry.common.returnAddressRegister,
      signalFrame: entry.common.signalFrame,
      section: found.source.section.context.name,
      ...(lsda === undefined ? {} : { lsda }),
      ...(personality === undefined ? {} : { personality }),
      ...(entry.common.personality?.indirect === true
        ? { personalitySlot: linkAddress(entry.common.personality.address) }
        : {}),
    };
    found.rows.set(index, made);
    return made;
  }

  #follow(pointer: EncodedPointer | undefined): LinkAddress | undefined {
    if (pointer === undefined) return undefined;
    const address = linkAddress(pointer.address);
    if (!pointer.indirect) return address;
    const value = this.#options.readPointer?.(address);
    return value === undefined ? undefined : linkAddress(value);
  }
}

interface DecodedFunction {
  readonly source: FrameSource;
  readonly entry: FrameEntry;
  readonly decoded: DecodedRows;
  /** Made on demand, by index. */
  readonly rows: Map<number, CfiRow>;
}

/** One section, its index, and the functions decoded from it last. */
class FrameSource {
  #table: SearchTable | undefined;
  #index: FrameIndex | undefined;
  #bytes = 0;
  readonly #decoder: RowDecoder;
  /** In the order of last use, as far as it is kept: see `#function`. */
  readonly #functions = new Map<number, DecodedFunction>();

  constructor(
    readonly section: FrameSection,
    private readonly header: SectionBytes | undefined,
    private readonly budget: number,
    private readonly diagnostics: Diagnostics | undefined,
  ) {
    this.#decoder = new RowDecoder(section);
  }

  find(pc: bigint): DecodedFunction | undefined {
    if (this.#index === undefined && this.#table === undefined) this.#prepare();
    if (this.#table !== undefined) {
      const found = this.#findByTable(this.#table, pc);
      if (found !== 'bad-table') return found;
      this.diagnostics?.report(
        'bad-eh-frame-hdr',
        '.eh_frame_hdr does not match .eh_frame and is not used',
        this.header?.address,
      );
      this.#table = undefined;
    }
    this.#index ??= FrameIndex.build(this.section, this.diagnostics);
    const distance = Number(BigInt.asIntN(64, pc - this.section.section.address));
    for (const offset of this.#index.candidates(distance)) {
      const found = this.#function(offset);
      if (found !== undefined && pc >= found.entry.start && pc < found.entry.end) return found;
    }
    return undefined;
  }

  #prepare(): void {
    if (this.header === undefined) return;
    const { addressSize, littleEndian } = this.section.context;
    this.#table = SearchTable.read(this.header, addressSize, littleEndian);
  }

  #findByTable(table: SearchTable, pc: bigint): DecodedFunction | undefined | 'bad-table' {
    const hit = table.find(pc);
    if (hit === undefined) return undefined;
    const offset = Number(hit.entry - this.section.section.address);
    if (!(offset >= 0 && offset < this.section.section.bytes.length)) return 'bad-table';
    const found = this.#function(offset);
    if (found?.entry.start !== hit.start) return 'bad-table';
    return pc < found.entry.end ? found : undefined;
  }

  #function(offset: number): DecodedFunction | undefined {
    const known = this.#functions.get(offset);
    if (known !== undefined) {
      // Far from the budget nothing will be given up soon: the order need not be kept, which costs more than all else here.
      if (this.#bytes > this.budget / 2) {
        this.#functions.delete(offset);
        this.#functions.set(offset, known);
      }
      return known;
    }
    let entry: FrameEntry | undefined;
    try {
      entry = this.section.entry(offset);
    } catch (problem) {
      if (!(problem instanceof FormatError)) throw problem;
      this.diagnostics?.report('bad-cfi', `${this.section.context.name}: ${problem.message}`, problem.offset);
    }
    if (entry === undefined) return undefined;
    const decoded = this.#decoder.decode(entry);
    if (decoded.problem !== undefined) {
      this.diagnostics?.report('bad-cfi', `${this.section.context.name}: ${decoded.problem.message}`, entry.start);
    }
    const made: DecodedFunction = { source: this, entry, decoded, rows: new Map() };
    this.#functions.set(offset, made);
    this.#bytes += bytesOf(made);
    for (const [oldest, old] of this.#functions) {
      if (this.#bytes <= this.budget || this.#functions.size === 1) break;
      this.#functions.delete(oldest);
      this.#bytes -= bytesOf(old);
    }
    return made;
  }
}

/** A generous estimate of what a decoded function occupies, rows made on demand included. */
function bytesOf(found: DecodedFunction): number {
  return 512 + found.decoded.rows.length * 400 + found.decoded.cells * 48;
}

function lastAtOrBefore(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
