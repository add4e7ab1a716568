import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../src/engine/base/byteSource.js';
import { schemaErrors } from '../golden/reportSchema.js';
import { examine, random, type Surroundings } from './examine.js';
import { type SampleCore, sampleCores, withBinaries } from './sampleCores.js';

const CORES = sampleCores([
  'null-deep',
  'race-default',
  'handler-altstack',
  'shift-nofp-zero',
  'threads-8',
  'uncaught-standard',
]);
const BARE: Surroundings = {};
const WITH_BINARIES = withBinaries();
/** Milliseconds for the slowest question: a damaged core must not cost more than a whole one by orders. */
const LIMIT = 2000;
const STATUS = new Set(['ok', 'partial', 'unreadable']);

/** Everything that must hold of a core, however broken. `how` makes a failure repeatable. */
function check(bytes: Uint8Array, how: string, surroundings: Surroundings, thorough: boolean): void {
  const examined = (() => {
    try {
      return examine(bytesSource(bytes), surroundings, thorough);
    } catch (error) {
      throw new Error(`${how}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  })();
  const { row, report, slowest, slowestQuestion } = examined;
  if (slowest > LIMIT) throw new Error(`${how}: "${slowestQuestion}" took ${Math.round(slowest)} ms`);
  expect(STATUS.has(row.status), `${how}: status ${row.status}`).toBe(true);
  expect(schemaErrors('CoreRow', JSON.parse(JSON.stringify(row))), how).toEqual([]);
  if (report !== undefined) expect(schemaErrors('CoreReport', JSON.parse(JSON.stringify(report))), how).toEqual([]);
}

describe.each(CORES.map((core) => [core.name, core] as const))('%s, cut', (name, core) => {
  it('where one structure ends and another begins', () => {
    core.boundaries.forEach((cut, i) => {
      check(core.bytes.subarray(0, cut), `${name} cut at ${cut}`, i % 8 === 0 ? WITH_BINARIES : BARE, i % 4 === 0);
    });
  });

  it('anywhere', () => {
    const next = random(core.bytes.length);
    for (let i = 0; i < 50; i++) {
      const cut = next(core.bytes.length);
      check(core.bytes.subarray(0, cut), `${name} cut at ${cut}`, i % 5 === 0 ? WITH_BINARIES : BARE, i % 5 === 1);
    }
  });
});

/** Overwrites a few bytes of a copy, where it hurts: headers, notes, stack. */
function flipped(core: SampleCore, seed: number): { bytes: Uint8Array; how: string } {
  const next = random(seed);
  const bytes = core.bytes.slice();
  const places = [
    { start: 0, end: core.notes.start },
    core.notes,
    core.notes,
    core.stack,
    core.stack,
    { start: 0, end: bytes.length },
  ];
  const changes: string[] = [];
  for (let i = 1 + next(6); i > 0; i--) {
    const { start, end } = places[next(places.length)] ?? { start: 0, end: bytes.length };
    const at = start + next(Math.max(1, end - start));
    const width = next(3) === 0 ? 8 : 1;
    const value = [next(256), 0, 0xff, (bytes[at] ?? 0) ^ (1 << next(8)), 0x7f][next(5)] ?? 0;
    bytes.fill(value, at, at + width);
    changes.push(`${at}+${width}=${value}`);
  }
  return { bytes, how: `${core.name} with seed ${seed} (${changes.join(' ')})` };
}

const FLIPS = Number(process.env['REDZONE_FLIPS'] ?? 2000);

describe.each(CORES.map((core, i) => [core.name, core, i] as const))('%s, with bytes overwritten', (_, core, index) => {
  it('gives a row and answers', () => {
    const count = Math.floor(FLIPS / CORES.length);
    for (let i = 0; i < count; i++) {
      const { bytes, how } = flipped(core, 1_000_000 * (index + 1) + i);
      check(bytes, how, i % 10 === 0 ? WITH_BINARIES : BARE, i % 6 === 0);
    }
  });
});

it('a core cut within its stack may show that the stack pointer was off, and not by how much', () => {
  const [core] = sampleCores(['shift-movaps-callee']);
  const bytes = core?.bytes.subarray(0, 210_644) ?? new Uint8Array();
  const { row } = examine(bytesSource(bytes), WITH_BINARIES, false);
  expect(row).toMatchObject({ label: 'misaligned-stack', kind: 'rsp-shift' });
  expect(row.shift).toBeUndefined();
  check(bytes, 'shift-movaps-callee', WITH_BINARIES, true);
});
