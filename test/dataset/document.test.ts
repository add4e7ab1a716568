import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DATASET_COLUMNS } from '../../src/shared/dataset.js';

it('docs/dataset.md lists every column with its type and role', () => {
  const text = readFileSync(new URL('../../docs/dataset.md', import.meta.url), 'utf8');
  const listed = [...text.matchAll(/^\| `(\w+)` +\| (\w+) +\| (\w+) +\| (.*?) +\|$/gm)].map(
    ([, name, type, role, about]) => ({
      name,
      type,
      role,
      about,
    }),
  );
  expect(listed).toEqual(DATASET_COLUMNS);
});
