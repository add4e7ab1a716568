import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_SCOPE } from '../../src/session/inspectCore.js';
import type { CoreReport, CoreRow, FrameRow } from '../../src/shared/report.js';
import { NAMES, SampleReader, UNPACKED } from './fixtureCores.js';
import { schemaErrors } from './reportSchema.js';

/** Writes the goldens instead of comparing; look at the difference before it is committed. */
const UPDATE = process.env['REDZONE_UPDATE_GOLDEN'] === '1';

const GOLDENS = join(import.meta.dirname, 'recorded');

/** Whole reports are kept of these: one of each kind of core. */
const IN_FULL = ['race-default', 'shift-fp', 'handler-altstack', 'uncaught-own', 'avx-patterns', 'truncated-notes'];

let reader: SampleReader;
beforeAll(() => {
  reader = new SampleReader();
});
afterAll(() => {
  reader.dispose();
});

describe('the text report', () => {
  it.each(NAMES)('%s', (name) => {
    // Fewer slots than by default: the goldens need not hold the stack of main.
    const text = reader.open(name, (core) => core.text({ ...DEFAULT_SCOPE, slots: [-16, 16] }));
    compare(`${name}/report.txt`, withoutPlace(text).replace(/^( *time +)\S+$/m, '$1-'));
  });
});

describe('the row', () => {
  it.each(NAMES)('%s', (name) => {
    const row = reader.row(name);
    expect(schemaErrors('CoreRow', row)).toEqual([]);
    compare(`${name}/row.json`, toText(gist(row)));
  });
});

describe('the report', () => {
  it.each(NAMES)('%s is as the schema says and holds the row', (name) => {
    const row = reader.row(name);
    const report = reader.open(name, (core) => core.report(DEFAULT_SCOPE));
    expect(schemaErrors('CoreReport', report)).toEqual([]);
    expect(report).toMatchObject({ ...row, bytesRead: report.bytesRead });
  });

  it.each(IN_FULL)('%s in full', (name) => {
    const report = reader.open(name, (core) => core.report(DEFAULT_SCOPE));
    compare(`${name}/report.json`, toText(steady(report)));
  });
});

it('no golden is left over', () => {
  const files = readdirSync(GOLDENS, { recursive: true, encoding: 'utf8' }).filter((file) => file.includes('/'));
  const expected = [
    ...NAMES.flatMap((name) => [`${name}/report.txt`, `${name}/row.json`]),
    ...IN_FULL.map((name) => `${name}/report.json`),
  ];
  const left = files.filter((file) => !expected.includes(file));
  if (UPDATE) for (const file of left) rmSync(join(GOLDENS, file));
  else expect(left).toEqual([]);
});

/** A golden that is missing fails: an empty folder must not pass. */
function compare(file: string, text: string): void {
  const path = join(GOLDENS, file);
  if (UPDATE) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  if (!existsSync(path)) {
    throw new Error(`test/golden/recorded/${file} is missing: record it with REDZONE_UPDATE_GOLDEN=1 and look at it`);
  }
  expect(text).toBe(readFileSync(path, 'utf8'));
}

/** What a reader would call the verdict; the rest of the row is in the report. */
function gist(row: CoreRow): unknown {
  return {
    status: row.status,
    label: row.label,
    kind: row.kind,
    shift: row.shift,
    confidence: row.confidence,
    address: row.address,
    signature: row.signature,
    exception: row.exception?.type,
    frames: row.frames?.map(frameInWords),
    evidence: row.evidence?.map(({ rule, text }) => `${rule}: ${text}`),
    problems: row.problems.map(({ code, message }) => `${code}: ${message}`),
  };
}

function frameInWords(frame: FrameRow): string {
  const where = frame.file === undefined ? '' : ` ${frame.file.replace(/^.*\//, '')}:${frame.line ?? '?'}`;
  return `${frame.trust}${frame.inlined === true ? ' inlined' : ''} ${frame.function ?? '??'}${where}`;
}

/** Without what differs from run to run. */
function steady(report: CoreReport): unknown {
  return { ...report, bytesRead: 0, time: '-' };
}

function toText(value: unknown): string {
  return withoutPlace(`${JSON.stringify(value, undefined, 1)}\n`);
}

function withoutPlace(text: string): string {
  return text.replaceAll(`${UNPACKED}/`, '');
}
