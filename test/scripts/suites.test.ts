import { describe, expect, it } from 'vitest';
import { SUITES, testFiles, unclaimed } from '../../scripts/suites.mjs';

describe('the table of suites', () => {
  it('claims every test file', () => {
    expect(unclaimed(SUITES, testFiles())).toEqual([]);
  });

  it('notices a test file in a folder of nobody', () => {
    expect(unclaimed(SUITES, ['unit/a.test.ts', 'unitary/b.test.ts', 'c.test.ts'])).toEqual([
      'unitary/b.test.ts',
      'c.test.ts',
    ]);
  });

  it('names each suite once and needs nothing installed for the fast ones', () => {
    expect(new Set(SUITES.map(({ name }) => name)).size).toBe(SUITES.length);
    expect(SUITES.filter(({ fast, needs }) => fast && needs !== undefined)).toEqual([]);
  });
});
