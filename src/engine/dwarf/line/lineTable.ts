import { AddressIndex } from '../addressIndex.js';
import type { AttributeValue } from '../forms.js';
import { type LineHeader, readLineHeader } from './lineHeader.js';
import { type LineProgramResult, type LineSequence, runLineProgram } from './lineProgram.js';
import type { DwarfFile } from '../dwarfFile.js';

/** Where a line table is and what it needs of its unit. */
export interface LineTableOrigin {
  readonly file: DwarfFile;
  /** In `.debug_line`. */
  readonly offset: number;
  readonly addressSize: 4 | 8;
  /** DW_AT_comp_dir: what relative directories are relative to. */
  readonly directory: string | undefined;
  text(value: AttributeValue): string | undefined;
}

/** `line` and `column` are absent when the compiler gave none (0). */
export interface SourceLine {
  readonly file: number;
  readonly line?: number;
  readonly column?: number;
}

/** The line table of one unit, decoded whole: instruction address to source line (DWARF 5 §6.2). */
export class LineTable {
  readonly #header: LineHeader;
  readonly #result: LineProgramResult;
  readonly #index: AddressIndex;
  readonly #origin: LineTableOrigin;
  readonly #paths = new Map<number, string | undefined>();

  private constructor(header: LineHeader, result: LineProgramResult, origin: LineTableOrigin) {
    this.#header = header;
    this.#result = result;
    this.#index = new AddressIndex(result.sequences.flatMap(({ start, end }, i) => [start, end, i]));
    this.#origin = origin;
  }

  /** @throws FormatError when the head cannot be read */
  static read(origin: LineTableOrigin): LineTable {
    const { header, program } = readLineHeader(origin.file, origin.offset, origin.addressSize);
    return new LineTable(header, runLineProgram(header, program), origin);
  }

  /** An estimate of what the table occupies. */
  get bytes(): number {
    const { rows, sequences } = this.#result;
    return rows.bytes + sequences.length * 120 + this.#header.files.length * 150;
  }

  /** `undefined` when no sequence covers the address. */
  find(address: number): SourceLine | undefined {
    const { rows, sequences } = this.#result;
    for (const index of this.#index.find(address)) {
      const sequence: LineSequence | undefined = sequences[index];
      if (sequence === undefined) continue;
      const row = rows.find(sequence.first, sequence.endRow, address - sequence.start);
      if (row < 0) continue;
      const [line, column] = [rows.line(row), rows.column(row)];
      return { file: rows.file(row), ...(line > 0 ? { line } : {}), ...(line > 0 && column > 0 ? { column } : {}) };
    }
    return undefined;
  }

  /** The path as the compiler wrote it, directory joined; `undefined` when there is no such file. @throws FormatError */
  path(file: number): string | undefined {
    if (this.#paths.has(file)) return this.#paths.get(file);
    const entry = this.#header.files[file];
    const name = this.#text(entry?.name);
    if (entry === undefined || name === undefined || name === '') return undefined;
    const directory = name.startsWith('/') ? undefined : this.#text(this.#header.directories[entry.directory]);
    const path = join(this.#origin.directory, join(directory, name));
    this.#paths.set(file, path);
    return path;
  }

  #text(value: string | AttributeValue | undefined): string | undefined {
    return value === undefined || typeof value === 'string' ? value : this.#origin.text(value);
  }

  /** Of the source file's content (DWARF 5). */
  md5(file: number): Uint8Array | undefined {
    return this.#header.files[file]?.md5;
  }
}

function join(directory: string | undefined, path: string): string {
  if (directory === undefined || directory === '' || path.startsWith('/')) return path;
  return directory.endsWith('/') ? directory + path : `${directory}/${path}`;
}
