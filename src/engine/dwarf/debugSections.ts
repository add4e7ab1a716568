import { ByteCursor, FormatError } from '../base/byteCursor.js';
import type { ByteSource } from '../base/byteSource.js';
import { pathText } from '../base/text.js';

/** The debug sections of one file, decompressed. */
export interface DebugSections {
  /** By name: `.debug_info`, or `.debug_info.dwo` in a split file. `undefined`: the file has none. */
  section(name: string): ByteSource | undefined;
  readonly littleEndian: boolean;
  readonly addressSize: 4 | 8;
  /** The file that `.gnu_debugaltlink` or `.debug_sup` names: what dwz moved out. */
  readonly alt?: DebugSections | undefined;
  /**
   * Split debug files that may have this unit, `.dwo` or `.dwp`, best first; always the same object for the same file.
   * @param name path of the `.dwo` as the compiler wrote it, joined with its working directory
   */
  openSplit?(name: string, dwoId: bigint): Iterable<DebugSections>;
}

/** Longer names exist, of templates over templates, but nobody reads them to the end. */
const LONGEST_TEXT = 1 << 17;

/** Exact reads from one section. Every method throws `FormatError`, with code `not-fetched` when reading again later may work. */
export class SectionReader {
  readonly size: number;

  constructor(
    private readonly source: ByteSource,
    readonly name: string,
    readonly littleEndian: boolean,
  ) {
    this.size = Number(source.size);
  }

  /** Exactly `length` bytes. */
  bytes(offset: number, length: number): Uint8Array {
    const found = this.upTo(offset, length);
    if (found.length < length) throw this.#error('truncated', `${length} bytes wanted`, offset);
    return found;
  }

  /** `length` bytes, fewer at the end of the section. */
  upTo(offset: number, length: number): Uint8Array {
    if (!(offset >= 0 && offset <= this.size)) throw this.#error('bad-offset', 'offset outside the section', offset);
    const wanted = Math.min(length, this.size - offset);
    const { bytes, rest } = this.source.read(BigInt(offset), wanted);
    if (rest === 'notFetched') throw this.#error('not-fetched', 'not read yet', offset);
    return bytes;
  }

  cursor(offset: number, length: number): ByteCursor {
    return new ByteCursor(this.bytes(offset, length), this.littleEndian, BigInt(offset));
  }

  /** The text up to a NUL: UTF-8, or Latin-1 when it is not valid; what exceeds 128 KiB is cut off. */
  text(offset: number): string {
    for (let window = 128; ; window *= 4) {
      const bytes = this.upTo(offset, window);
      const end = bytes.indexOf(0);
      if (end >= 0) return pathText(bytes.subarray(0, end));
      if (bytes.length < window) throw this.#error('truncated', 'string without an end', offset);
      if (window >= LONGEST_TEXT) return pathText(bytes);
    }
  }

  #error(code: string, message: string, offset: number): FormatError {
    return new FormatError(code, `${this.name}: ${message}`, BigInt(Math.max(0, Math.floor(offset) || 0)));
  }
}
