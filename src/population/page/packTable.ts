import type { CategoryColumn, Column, ColumnTable, NumberColumn } from '../../shared/columnTable.js';
import type { PopulationReport } from '../../shared/findings.js';
import {
  PACK_MAGIC,
  type PackedColumn,
  type PackedNumbers,
  type PackedTexts,
  type Section,
  type TablePackHeader,
} from '../../shared/populationPage.js';

/** Makes of a table, and of what was found in it, the bytes that the population page reads (`TablePackHeader`). */
export function packTable(table: ColumnTable, parts: PackParts): Uint8Array<ArrayBuffer> {
  const sections = new Sections();
  const columns = table.columns.map((column) => pack(column, sections));
  const header: TablePackHeader = {
    schema: 1,
    dataset: parts.dataset,
    rows: table.rows,
    columns,
    ...(parts.report ? { report: parts.report } : {}),
  };
  return sections.join(new TextEncoder().encode(JSON.stringify(header)));
}

export interface PackParts {
  /** What was analysed, as the user named it. */
  readonly dataset: string;
  readonly report?: PopulationReport;
}

function pack(column: Column, sections: Sections): PackedColumn {
  return column.type === 'number' ? packNumbers(column, sections) : packTexts(column, sections);
}

function packNumbers({ name, values }: NumberColumn, sections: Sections): PackedNumbers {
  return { type: 'numbers', name, ...(name === 'time' ? { time: true } : {}), values: sections.add(values) };
}

function packTexts({ name, values, codes }: CategoryColumn, sections: Sections): PackedTexts {
  const texts = values.map(String);
  const order = ascending(texts);
  // Two values can read the same (true and "true"): they are one text.
  const codeOf = new Uint32Array(texts.length);
  const kept: string[] = [];
  for (const index of order) {
    const text = texts[index] ?? '';
    if (kept.length === 0 || kept[kept.length - 1] !== text) kept.push(text);
    codeOf[index] = kept.length;
  }
  const width = kept.length < 0x100 ? 1 : kept.length < 0x10000 ? 2 : 4;
  const packed = new { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array }[width](codes.length);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] ?? -1;
    if (code >= 0) packed[row] = codeOf[code] ?? 0;
  }
  const encoder = new TextEncoder();
  const pieces = kept.map((text) => encoder.encode(text));
  const ends = new Uint32Array(pieces.length);
  let end = 0;
  for (const [index, piece] of pieces.entries()) {
    end += piece.length;
    ends[index] = end;
  }
  return {
    type: 'texts',
    name,
    entries: kept.length,
    codes: sections.add(packed),
    width,
    ends: sections.add(ends),
    text: sections.add(joined(pieces, end)),
  };
}

/** More texts than this are put in the order of their code units: nobody reads them all, and collation takes seconds. */
const COLLATED = 20_000;

function ascending(texts: readonly string[]): Uint32Array {
  const order = Uint32Array.from(texts.keys());
  // phys-9 before phys-10.
  const collator = new Intl.Collator('en', { numeric: true });
  const byUnits = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  // What collates as equal need not be the same text: the same ones must still lie side by side.
  const compare = texts.length > COLLATED ? byUnits : (a: string, b: string) => collator.compare(a, b) || byUnits(a, b);
  return order.sort((a, b) => compare(texts[a] ?? '', texts[b] ?? ''));
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const ALIGNMENT = 8;
const PREFIX = 8;

/** The sections in the making. */
class Sections {
  readonly #arrays: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  #end = 0;

  add(array: Uint8Array | Uint16Array | Uint32Array | Float64Array): Section {
    const section = { at: this.#end, length: array.byteLength };
    this.#arrays.push({
      at: this.#end,
      bytes: new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
    });
    this.#end = aligned(this.#end + array.byteLength);
    return section;
  }

  join(header: Uint8Array): Uint8Array<ArrayBuffer> {
    const start = aligned(PREFIX + header.length);
    const whole = new Uint8Array(start + this.#end);
    const view = new DataView(whole.buffer);
    view.setUint32(0, PACK_MAGIC, true);
    view.setUint32(4, header.length, true);
    whole.set(header, PREFIX);
    for (const { at, bytes } of this.#arrays) whole.set(bytes, start + at);
    return whole;
  }
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
