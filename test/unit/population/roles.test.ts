import { expect, it } from 'vitest';
import { rolesOf } from '../../../src/population/findings/roles.js';
import { TableBuilder } from '../../../src/population/table/tableBuilder.js';

/** Forty crashes with columns of which each could be a dimension by its values alone. */
function tableOf(mark: Record<string, string>) {
  const builder = new TableBuilder();
  for (let row = 0; row < 40; row++)
    builder.row({
      ...mark,
      source: `core.${row}`,
      label: row % 3 === 0 ? 'return-to-null' : 'other',
      kind: row % 2 === 0 ? 'a' : 'b',
      evidence: `rule ${row % 4}`,
      problem_text: `problem ${row % 2}`,
      exception_type: `E${row % 2}`,
      host: `host-${row % 5}`,
      sku: `s${row % 2}`,
    });
  return builder.finish();
}

it('takes the fixed columns of a data set for what they are, and the same names of other tables as they come', () => {
  const dataset = rolesOf(tableOf({ redzone_version: '0.1.0' }));
  expect(dataset.dimensions.map(({ name }) => name)).toEqual(['host', 'sku']);
  expect(dataset.features.map(({ name }) => name)).toEqual(['exception_type']);
  expect(dataset.leftOut.map(({ column }) => column)).toEqual(expect.arrayContaining(['evidence', 'problem_text']));
  const own = rolesOf(tableOf({}));
  expect(own.dimensions.map(({ name }) => name)).toEqual(['evidence', 'problem_text', 'exception_type', 'host', 'sku']);
});

it('takes versions that are written as numbers for names, and measurements for measurements', () => {
  const builder = new TableBuilder();
  for (let row = 0; row < 200; row++)
    builder.row({
      label: row % 3 === 0 ? 'return-to-null' : 'other',
      host: `host-${row % 20}`,
      release: [4.11, 4.12][row % 2],
      kernel: [5.4, 5.15, 6.1][row % 3],
      load: Math.round(row * 7.3) / 10,
      share: [0.125, 0.25, 0.5][row % 3],
      zone: row % 4,
    });
  const { dimensions, measures } = rolesOf(builder.finish());
  expect(dimensions.map(({ name }) => name)).toEqual(['host', 'release', 'kernel', 'zone']);
  expect(measures.map(({ name }) => name)).toEqual(['load', 'share', 'zone']);
});
