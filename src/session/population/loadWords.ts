import { readTable } from '../../io/tables/readTable.js';
import type { TableSink } from '../../io/tables/tableSink.js';
import { KEPT_COLUMNS } from '../../population/microscope/coreWords.js';
import { type WordTable, WordTableBuilder, type WordTableOptions } from '../../population/microscope/wordTable.js';

/**
 * Reads the registers and stack windows of a table that was read before. `files` are those that its rows came from, in their order, so
 * that rows have the same numbers.
 */
export async function loadWords(files: readonly string[], options: WordTableOptions): Promise<WordTable> {
  const sink = new WordSink(new WordTableBuilder(options));
  for (const file of files) await readTable(file, sink);
  return sink.builder.finish();
}

/** Hands on rows as soon as all their cells have come: held in memory is one group of rows. */
class WordSink implements TableSink {
  rows = 0;
  #pending = new Map<number, Record<string, unknown>>();

  constructor(readonly builder: WordTableBuilder) {}

  wants(column: string): boolean {
    return KEPT_COLUMNS.includes(column);
  }

  row(cells: Readonly<Record<string, unknown>>): void {
    this.builder.add(this.rows++, cells);
  }

  cell(row: number, name: string, value: unknown): void {
    this.rows = Math.max(this.rows, row + 1);
    if (value === null || value === undefined || !this.wants(name)) return;
    let cells = this.#pending.get(row);
    if (cells === undefined) this.#pending.set(row, (cells = {}));
    cells[name] = value;
  }

  complete(): void {
    for (const [row, cells] of this.#pending) this.builder.add(row, cells);
    this.#pending = new Map();
  }
}
