import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NAMES, oracle, SampleReader } from '../golden/fixtureCores.js';
import { compareCore, type CoreAgreement, TOOLS } from './differences.js';
import { readDocument, writtenDocument, writeDocument } from './document.js';
import { type ExpectedDifference, readExpected, writeExpected } from './expected.js';
import { REASONS } from './reasons.js';
import { ratesOf, ratesText } from './rates.js';

/** Takes over what is found; every new difference then needs a reason by hand. */
const UPDATE = process.env['REDZONE_UPDATE_AGREEMENT'] === '1';

const listed = readExpected();
const measured = new Map<string, CoreAgreement>();
const measuredDifferences: ExpectedDifference[] = [];

describe.each(TOOLS)('frames and %s', (tool) => {
  let reader: SampleReader;
  beforeAll(() => {
    reader = new SampleReader();
  });
  afterAll(() => {
    reader.dispose();
  });

  it.each(NAMES)('%s', (name) => {
    expect(oracle(name, 'gdb-frames.txt'), 'nothing is recorded: test/fixtures/recipe/frames.sh').toBeDefined();
    const agreement = reader.open(name, (core) => compareCore(name, core, tool));
    measured.set(`${tool} ${name}`, agreement);
    const found = agreement.differences.map(({ text }) => text);
    for (const says of found) measuredDifferences.push({ core: name, tool, says, reason: reasonOf(name, tool, says) });
    const known = listed.filter((one) => one.core === name && one.tool === tool).map(({ says }) => says);
    if (!UPDATE) expect([...found].sort()).toEqual([...known].sort());
  });
});

function reasonOf(core: string, tool: string, says: string): string {
  const known = listed.find((one) => one.core === core && one.tool === tool && one.says === says);
  return known?.reason ?? 'unexplained';
}

describe('the list', () => {
  it('speaks only of cores that are there, and gives a reason for everything', () => {
    if (UPDATE) writeExpected(measuredDifferences);
    expect(listed.filter(({ core }) => !NAMES.includes(core))).toEqual([]);
    expect(listed.filter(({ reason }) => REASONS[reason] === undefined)).toEqual([]);
    const used = new Set(listed.map(({ reason }) => reason));
    expect(Object.keys(REASONS).filter((id) => !used.has(id))).toEqual([]);
  });

  it('is what docs/agreement.md says', () => {
    const rates = ratesOf(measured, measuredDifferences);
    console.log(ratesText(rates));
    const text = writtenDocument(measuredDifferences, rates);
    if (UPDATE) writeDocument(text);
    expect(readDocument()).toBe(text);
  });

  it('gdb agrees on at least 99 % of the frames of cores that gdb reads right', () => {
    const { gdb } = ratesOf(measured, measuredDifferences);
    expect(gdb?.compared).toBeGreaterThan(2000);
    expect(gdb?.whereRight).toBeGreaterThanOrEqual(0.99);
    expect(gdb?.rightCores).toBeGreaterThanOrEqual(0.99);
  });
});
