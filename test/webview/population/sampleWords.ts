import { WordTableBuilder } from '../../../src/population/microscope/wordTable.js';
import type { EpisodeWords } from '../../../src/session/population/lookCloser.js';
import type { ColumnTable } from '../../../src/shared/columnTable.js';

/**
 * Registers and stacks of a made-up fleet: of crashes with this label the word below the stack pointer is zero and rip with it, of one in
 * forty others too. Every second crash keeps none.
 */
export function sampleWords(table: ColumnTable, marked: string): EpisodeWords {
  const label = table.columns.find(({ name }) => name === 'label');
  const builder = new WordTableBuilder({ mostOfStratum: 1e6, stratum: () => 0 });
  for (let row = 0; row < table.rows; row += 2) {
    const own = label?.type === 'category' && label.values[label.codes[row] ?? -1] === marked;
    const popped = own || row % 80 === 0 ? 'zero' : 'code libunwind.so.8+0x1a2b';
    builder.add(row, {
      rsp: '0x7ffc00001000',
      register_words: JSON.stringify({ rip: popped, rax: (row >> 1) % 5 === 0 ? 'zero' : 'number 7', cs: 'number 51' }),
      stack_start: '0x7ffc00000ff8',
      stack_words: [popped, `heap 0x${(row * 16).toString(16)}`, '<img src=x onerror=alert(1)>'].join('\n'),
    });
  }
  const words = builder.finish();
  return { ...words, episodes: words.rows };
}
