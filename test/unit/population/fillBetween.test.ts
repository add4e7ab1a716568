import { describe, expect, test } from 'vitest';
import { fillBetween } from '../../../src/population/findings/fillBetween.js';
import { TableBuilder } from '../../../src/population/table/tableBuilder.js';
import type { CategoryColumn, NumberColumn } from '../../../src/shared/columnTable.js';

/** Twenty hosts, each given the next kernel once, at a time of its own; every third kernel is missing. */
function upgrades(kernelOf: (host: number, hour: number) => string | undefined) {
  const builder = new TableBuilder();
  for (let hour = 0; hour < 40; hour++)
    for (let host = 0; host < 20; host++)
      builder.row({
        label: 'other',
        time: Date.UTC(2025, 0, 1, hour, host),
        host: `h${host}`,
        kernel: (hour + host) % 3 === 1 ? undefined : kernelOf(host, hour),
      });
  const { columns } = builder.finish();
  const category = (name: string) => columns.find((column): column is CategoryColumn => column.name === name);
  const time = columns.find((column): column is NumberColumn => column.name === 'time');
  const host = category('host');
  const kernel = category('kernel');
  if (time === undefined || host === undefined || kernel === undefined) throw new Error('no columns');
  const [filled] = fillBetween([kernel], [host], time.values);
  if (filled === undefined) throw new Error('no column');
  return { kernel, filled, at: (host: number, hour: number) => filled.values[filled.codes[hour * 20 + host] ?? -1] };
}

describe('what is between two equal values at one machine', () => {
  test('is filled where the column holds still', () => {
    const { at } = upgrades((host, hour) => (hour < 10 + host ? '6.1' : '6.6'));
    expect(at(0, 4)).toBe('6.1');
    expect(at(0, 13)).toBe('6.6');
  });

  test('stays a gap where the value changes over it', () => {
    const { at } = upgrades((host, hour) => (hour < 11 + host ? '6.1' : '6.6'));
    // Host 0 has 6.1 at 9, nothing at 10, 6.6 from 11 on.
    expect(at(0, 9)).toBe('6.1');
    expect(at(0, 10)).toBeUndefined();
    expect(at(0, 11)).toBe('6.6');
  });

  test('stays a gap where values come and go', () => {
    const { kernel, filled } = upgrades((host, hour) => `t${(hour * hour + host) % 3}`);
    expect(filled).toBe(kernel);
  });
});
