import type { CategoryColumn, Column, ColumnTable, NumberColumn } from '../../shared/columnTable.js';
import type { PopulationReport } from '../../shared/findings.js';
import type { EpisodeWords } from './lookCloser.js';
import {
  PACK_MAGIC,
  type PackedColumn,
  type PackedNumbers,
  type PackedTexts,
  type PackedWords,
  type Section,
  type TablePackHeader,
  type TableSource,
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
    report: parts.report,
    source: parts.source,
    ...(parts.words === undefined ? {} : { words: packWords(parts.words, sections) }),
  };
  return sections.join(new TextEncoder().encode(JSON.stringify(header)));
}

export interface PackParts {
  /** What was analysed, as the user named it. */
  readonly dataset: string;
  readonly report: PopulationReport;
  readonly source: TableSource;
  /** Left out of a page that nobody can look through a microscope on. */
  readonly words?: EpisodeWords;
}

function packWords({ rows, episodes, positions, words, kept }: EpisodeWords, sections: Sections): PackedWords {
  // Words that only cores outside the sample have are left behind.
  const codeOf = new Uint32Array(words.length);
  const used: string[] = [];
  for (const { codes } of positions)
    for (const code of codes)
      if (code >= 0 && codeOf[code] === 0) {
        used.push((words[code] ?? '').replaceAll('\n', ' '));
        codeOf[code] = used.length;
      }
  const width = widthFor(used.length);
  return {
    entries: rows.length,
    kept,
    rows: sections.add(Uint32Array.from(rows)),
    episodes: sections.add(Uint32Array.from(episodes)),
    positions: positions.map(({ name, codes }) => {
      const packed = new ARRAY_OF[width](codes.length);
      codes.forEach((code, entry) => {
        packed[entry] = code < 0 ? 0 : (codeOf[code] ?? 0);
      });
      return { name, codes: sections.add(packed), width };
    }),
    words: sections.add(new TextEncoder().encode(used.join('\n'))),
  };
}

const ARRAY_OF = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array };

function widthFor(entries: number): 1 | 2 | 4 {
  return entries < 0x100 ? 1 : entries < 0x10000 ? 2 : 4;
}

function pack(column: Column, sections: Sections): PackedColumn {
  return column.type === 'number' ? packNumbers(column, sections) : packTexts(column, sections);
}

function packNumbers({ name, values }: NumberColumn, sections: Sections): PackedNumbers {
  return { type: 'numbers', name, ...(name === 'time' ? { time: true } : {}), values: sections.add(values) };
}

function packTexts({ name, values, codes }: CategoryColumn, sections: Sections): PackedTexts {
  const texts = values.map(String);
  // Two values can read the same (true and "true"): they are one text.
  const kept = ascending([...new Set(texts)]);
  const ranks = new Map(kept.map((text, index) => [text, index + 1]));
  const codeOf = Uint32Array.from(texts, (text) => ranks.get(text) ?? 0);
  const width = widthFor(kept.length);
  const packed = new ARRAY_OF[width](codes.length);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] ?? -1;
    if (code >= 0) packed[row] = codeOf[code] ?? 0;
  }
  const { ends, bytes } = encoded(kept);
  return {
    type: 'texts',
    name,
    entries: kept.length,
    codes: sections.add(packed),
    width,
    ends: sections.add(ends),
    text: sections.add(bytes),
  };
}

/** More texts than this are put in the order of their code units: nobody reads them all, and collation takes seconds. */
const COLLATED = 20_000;

function ascending(texts: string[]): string[] {
  if (texts.length > COLLATED) return texts.sort();
  // phys-9 before phys-10; what collates as equal has an order all the same.
  const collator = new Intl.Collator('en', { numeric: true });
  return texts.sort((a, b) => collator.compare(a, b) || (a < b ? -1 : 1));
}

function encoded(texts: readonly string[]): { readonly ends: Uint32Array; readonly bytes: Uint8Array } {
  const encoder = new TextEncoder();
  const whole = texts.join('');
  const bytes = encoder.encode(whole);
  // Where every character is one byte, as nearly always, a million texts need not be encoded one by one to know their lengths.
  const plain = bytes.length === whole.length;
  const ends = new Uint32Array(texts.length);
  let end = 0;
  for (const [index, text] of texts.entries()) {
    end += plain ? text.length : encoder.encode(text).length;
    ends[index] = end;
  }
  return { ends, bytes };
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
