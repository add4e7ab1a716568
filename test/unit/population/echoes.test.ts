import { expect, test } from 'vitest';
import { fleetOf } from '../../../src/population/findings/fleet.js';
import { rolesOf } from '../../../src/population/findings/roles.js';
import { TableBuilder } from '../../../src/population/table/tableBuilder.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BEGIN = Date.UTC(2025, 0, 1);

interface Crash {
  readonly label: string;
  readonly at: number;
  readonly service: string;
  readonly tenant: string;
}

/** Forty hosts that crash now and then in ways of their own, and what happens on `web-1` besides. */
function echoes(crashes: readonly Crash[]) {
  const builder = new TableBuilder();
  for (let i = 0; i < 400; i++)
    builder.row({
      ...{ label: i % 3 === 0 ? 'return-to-null' : 'other', kind: `k${i % 3}`, host: `h${i % 40}` },
      ...{ time: new Date(BEGIN + i * 5 * HOUR).toISOString(), service: `s${i % 7}`, tenant: `t${(i * 11) % 23}` },
    });
  for (const { label, at, service, tenant } of crashes)
    builder.row({ label, kind: label, host: 'web-1', time: new Date(BEGIN + at).toISOString(), service, tenant });
  const table = builder.finish();
  const fleet = fleetOf(table, rolesOf(table), HOUR);
  return fleet.echoes.map((episode) =>
    fleet.crashes.filter((_, crash) => fleet.episodeOf[crash] === episode).map((row) => row - 400),
  );
}

const burst = (label: string, minute: number): Crash => ({
  label,
  at: 100 * HOUR + minute * MINUTE,
  service: 's1',
  tenant: 't1',
});

test('a crash of another label in the midst of a burst is an echo of it', () => {
  const found = echoes(['a', 'a', 'b', 'a'].map((label, i) => burst(label, i * 5)));
  expect(found.map((rows) => [...rows])).toStrictEqual([[2]]);
});

test('what differs in what is known of it is a crash of its own', () => {
  expect(echoes([burst('a', 0), { ...burst('b', 5), service: 's5', tenant: 't9' }])).toStrictEqual([]);
});

test('so is what comes a day later', () => {
  expect(echoes([burst('a', 0), burst('b', 24 * 60)])).toStrictEqual([]);
});

test('and what comes soon on a machine that crashes all the time, in ways that differ', () => {
  const often = Array.from({ length: 120 }, (_, i) => ({
    ...burst(i % 2 === 0 ? 'a' : 'b', 0),
    at: (100 + i * 0.5) * HOUR,
  }));
  expect(echoes(often)).toStrictEqual([]);
});
