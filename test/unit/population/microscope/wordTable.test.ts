import { expect, it } from 'vitest';
import { WordTableBuilder } from '../../../../src/population/microscope/wordTable.js';

it('keeps a sample of a large stratum and all of a small one', () => {
  const builder = new WordTableBuilder({ mostOfStratum: 50, stratum: (row) => (row % 100 === 0 ? 1 : 0) });
  for (let row = 0; row < 2000; row++)
    builder.add(row, { register_words: JSON.stringify(row % 2 === 0 ? { even: `number ${row}` } : { odd: 'zero' }) });
  const { rows, positions, words, kept } = builder.finish();
  expect(kept).toBe(2000);
  expect(rows).toHaveLength(70);
  expect([...rows].filter((row) => row % 100 === 0)).toHaveLength(20);
  // What is given up leaves nothing behind.
  for (const { name, codes } of positions)
    codes.forEach((code, entry) => {
      expect(code >= 0).toBe((rows[entry] ?? 0) % 2 === (name === 'even' ? 0 : 1));
    });
  // From the whole, not from its beginning.
  expect([...rows].filter((row) => row > 1000).length).toBeGreaterThan(20);
  expect(words.filter((word) => word === 'number ?')).toHaveLength(1);
});
