import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../../../src/engine/base/byteSource.js';
import { coreRow } from '../../../../src/engine/inspection/coreRow.js';
import { coreReport, DEFAULT_SCOPE } from '../../../../src/engine/inspection/coreReport.js';
import { Answers } from '../../../../src/engine/inspection/answers.js';
import { Inspection, openInspection } from '../../../../src/engine/inspection/openInspection.js';
import { createIcedDisassembler } from '../../../../src/io/icedDisassembler.js';
import { askAgain } from '../../../../src/session/askAgain.js';
import { localBinaries } from '../../../../src/session/binaryFiles.js';
import { ImageCache } from '../../../../src/session/imageCache.js';
import type { OpenedFile } from '../../../../src/session/openedFile.js';
import { FetchedSource } from '../../../../src/session/remote/fetchedSource.js';
import { mergeMisses } from '../../../../src/session/remote/mergeMisses.js';
import { unpackFixtures } from '../../../fixtures/unpack.mjs';
import { random } from '../../../robustness/examine.js';

const FOLDER = join(import.meta.dirname, '../../../../.cache/fixtures');
const CORES = [
  'race-default',
  'handler-altstack',
  'shift-nofp-ret',
  'uncaught-standard',
  'stack-overflow',
  'threads-8',
];
const binaries = localBinaries({ sysroot: join(FOLDER, 'sysroot') }, new ImageCache());
const disassembler = createIcedDisassembler();

/** A file of which some pages are here at the start, at random; the rest is fetched as the session does it. */
function pieces(bytes: Uint8Array, seed: number): OpenedFile & { readonly rounds: () => number } {
  const source = new FetchedSource(bytes.length);
  const next = random(seed);
  for (let at = 0; at < bytes.length; at += 4096) if (next(4) === 0) source.add(at, bytes.subarray(at, at + 4096));
  let round = 0;
  return {
    source,
    size: bytes.length,
    modified: 0,
    bytesRead: () => 0,
    problem: () => undefined,
    follow: () => undefined,
    hasMissing: () => source.hasMissing(),
    fetchMissing: () => {
      const ranges = mergeMisses(source.takeMisses(), bytes.length, round);
      if (ranges.length === 0) return Promise.resolve(false);
      round++;
      for (const { start, end } of ranges) source.add(start, bytes.subarray(start, end));
      return Promise.resolve(true);
    },
    close: () => undefined,
    rounds: () => round,
  };
}

function reportOf(file: Pick<OpenedFile, 'source'>): unknown {
  const opened = openInspection({ source: file.source, binaries, disassembler });
  if (!(opened instanceof Inspection)) return opened;
  const row = coreRow(opened, { source: 'x', size: 1, bytesRead: () => 0 });
  return coreReport(new Answers(opened), row, DEFAULT_SCOPE);
}

const FIXTURES = new Map(unpackFixtures(FOLDER).map(({ name, core }) => [name, core]));

describe.each(CORES)('%s, of which random pages are here', (name) => {
  const bytes = new Uint8Array(readFileSync(FIXTURES.get(name) ?? ''));
  const whole = reportOf({ source: bytesSource(bytes) });

  it.each([1, 2, 3, 4, 5])('is answered as if all were here, within eight rounds (seed %d)', async (seed) => {
    const file = pieces(bytes, seed);
    const { answer, complete } = await askAgain(file, () => reportOf(file));
    expect(complete).toBe(true);
    expect(file.rounds()).toBeGreaterThan(0);
    expect(answer).toEqual(whole);
  });
});

it('gives up after eight rounds and says so', async () => {
  let asked = 0;
  const file = { ...pieces(new Uint8Array(10), 1), fetchMissing: () => Promise.resolve(true), hasMissing: () => true };
  expect(await askAgain(file, () => ++asked)).toEqual({ answer: 9, complete: false });
});
