import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closingLine, judge, vitestCounts, vitestFailures, vitestSecondTries } from '../../scripts/testing/counts.mjs';

describe('a suite', () => {
  it('that ran nothing has failed', () => {
    expect(judge({ passed: 0, failed: 0, skipped: 4 }, 0)).toMatchObject({
      counts: { failed: 1, skipped: 4 },
      complaint: 'No test was executed.',
    });
  });

  it('that ended badly with all tests passed has failed', () => {
    expect(judge({ passed: 3, failed: 0, skipped: 0 }, 1).counts).toEqual({ passed: 3, failed: 1, skipped: 0 });
  });

  it('whose tests failed is counted as it is', () => {
    expect(judge({ passed: 3, failed: 2, skipped: 0 }, 1)).toEqual({ counts: { passed: 3, failed: 2, skipped: 0 } });
  });
});

describe('the report of vitest', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'rz-counts-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const written = (testResults: unknown) => {
    const file = path.join(folder, 'report.json');
    writeFileSync(file, JSON.stringify({ testResults }));
    return file;
  };
  const count = (testResults: unknown) => vitestCounts(written(testResults));

  it('counts what passed, failed and was left out', () => {
    const assertionResults = ['passed', 'passed', 'failed', 'skipped', 'todo', 'pending'].map((status) => ({ status }));
    expect(count([{ status: 'failed', assertionResults }])).toEqual({ passed: 2, failed: 1, skipped: 3 });
  });

  it('counts a file that could not be loaded as a failure', () => {
    expect(count([{ status: 'failed', assertionResults: [] }])).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('names what failed, and a file that could not be loaded', () => {
    const failed = { status: 'failed', fullName: 'frames are all there', failureMessages: ['expected 2\n  at line 3'] };
    const results = [
      { name: '/a/frames.test.ts', status: 'failed', assertionResults: [{ status: 'passed' }, failed] },
      { name: '/a/broken.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
      { name: '/a/good.test.ts', status: 'passed', assertionResults: [{ status: 'passed' }] },
    ];
    expect(vitestFailures(written(results))).toEqual([
      { name: 'frames.test.ts > frames are all there', message: 'expected 2\n  at line 3' },
      { name: 'broken.test.ts', message: 'no such module' },
    ]);
  });

  it('names what passed only at its second try', () => {
    const again = { status: 'passed', fullName: 'opens', failureMessages: ['timed out'] };
    const assertionResults = [{ status: 'passed', failureMessages: [] }, { status: 'failed' }, again];
    const results = [{ name: '/a/editor.test.ts', status: 'failed', assertionResults }];
    expect(vitestSecondTries(written(results))).toEqual([{ name: 'editor.test.ts > opens', message: 'timed out' }]);
  });

  it('is nothing when it was never written', () => {
    expect(vitestCounts(path.join(folder, 'absent.json'))).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });
});

it('ends in one line', () => {
  expect(closingLine({ passed: 12, failed: 0, skipped: 3 })).toBe('12 passed, 0 failed, 3 skipped');
});
