import { describe, expect, test } from 'vitest';
import { fillBetween } from '../../../src/population/findings/fillBetween.js';
import { seededRandom } from '../../../src/population/statistics/random.js';
import { TableBuilder } from '../../../src/population/table/tableBuilder.js';
import type { CategoryColumn, NumberColumn } from '../../../src/shared/columnTable.js';

/** Twenty hosts, each given the next kernel once, at a time of its own; every third kernel is missing. `placeOf` a host: itself. */
function upgrades(
  kernelOf: (host: number, hour: number) => string | undefined,
  placeOf = (host: number) => `h${host}`,
) {
  const builder = new TableBuilder();
  for (let hour = 0; hour < 40; hour++)
    for (let host = 0; host < 20; host++)
      builder.row({
        label: 'other',
        time: Date.UTC(2025, 0, 1, hour, host),
        host: placeOf(host),
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
    const random = seededRandom(3);
    const { kernel, filled } = upgrades(() => `t${Math.floor(random() * 3)}`);
    expect(filled).toBe(kernel);
  });
});

describe('what is rolled out bit by bit', () => {
  // All hosts are one place; for a while every crash may have either release.
  const mixed = (random: () => number) => (host: number, hour: number) =>
    hour < 15 || (hour < 21 && random() < 0.5) ? '4.1' : '4.2';
  const upgraded = () => upgrades(mixed(seededRandom(3)), () => 'fra');

  test('is filled before and after', () => {
    const { at } = upgraded();
    expect(at(5, 11)).toBe('4.1');
    expect(at(0, 25)).toBe('4.2');
  });

  test('stays a gap where both are met', () => {
    const { kernel, filled } = upgraded();
    const gapsAt = (hour: number) =>
      Array.from({ length: 20 }, (_, host) => hour * 20 + host).filter(
        (row) => kernel.codes[row] === -1 && filled.codes[row] === -1,
      ).length;
    expect(gapsAt(18)).toBeGreaterThanOrEqual(5);
    expect(gapsAt(8)).toBe(0);
  });
});
