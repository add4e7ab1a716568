import { describe, expect, it } from 'vitest';
import { populationReport } from '../../../src/population/findings/report.js';
import { seededRandom } from '../../../src/population/statistics/random.js';
import { TableBuilder } from '../../../src/population/table/tableBuilder.js';

/** A thousand crashes of ordinary kinds on a hundred hosts, and what is added at host h7. */
function suspectsWith(added: readonly string[]) {
  const random = seededRandom(5);
  const builder = new TableBuilder();
  const crash = (host: string, kind: string): void => {
    const time = new Date(Date.UTC(2026, 0, 1) + random() * 5_000_000_000).toISOString();
    builder.row({ host, kind, time, label: kind === 'rsp-shift' ? 'misaligned-stack' : 'other' });
  };
  const ordinary = ['wild-read', 'wild-write', 'null-dereference', 'abort', 'heap-corruption-abort'];
  for (let i = 0; i < 1000; i++)
    crash(`h${Math.floor(random() * 100)}`, ordinary[Math.floor(random() * ordinary.length)] ?? '');
  for (const kind of added) crash('h7', kind);
  return populationReport(builder.finish()).hardwareSuspects;
}

describe('a machine is suspected', () => {
  it('by moved stack pointers, however many wild addresses there are everywhere', () => {
    const shifts = Array.from({ length: 6 }, () => 'rsp-shift');
    const [suspect, ...others] = suspectsWith([...shifts, ...Array.from({ length: 30 }, () => 'abort')]);
    expect(suspect).toMatchObject({ value: 'h7', cases: 6 });
    expect(others).toEqual([]);
  });

  it('by wild addresses, where it has many more than others', () => {
    const [suspect] = suspectsWith(Array.from({ length: 30 }, () => 'wild-read'));
    expect(suspect?.value).toBe('h7');
    expect(suspect?.cases).toBeGreaterThanOrEqual(30);
  });

  it('not where it has what others have', () => {
    expect(suspectsWith([])).toEqual([]);
  });
});
