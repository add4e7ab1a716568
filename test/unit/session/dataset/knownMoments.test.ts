import { describe, expect, it } from 'vitest';
import { HexSet } from '../../../../src/session/dataset/hexSet.js';
import { type KnownMoment, KnownMoments } from '../../../../src/session/dataset/knownMoments.js';
import { sequence } from '../../../writers/crashStates.js';

describe('what a data set remembers of its rows', () => {
  const drawn = sequence(7);
  const next = (below: number): number => drawn() % below;
  const digits = (): string =>
    // Few values of each half, so that they meet in the same places.
    [next(40) * 0x0666_6666, next(300) * 0x00da_7403].map((half) => half.toString(16).padStart(8, '0')).join('');

  it('is the set of its numbers', () => {
    const [ours, theirs] = [new HexSet(), new Set<string>()];
    for (let i = 0; i < 30_000; i++) {
      const number = digits();
      expect(ours.add(number)).toBe(!theirs.has(number));
      theirs.add(number);
    }
    expect(ours.size).toBe(theirs.size);
    for (let i = 0; i < 10_000; i++) {
      const number = digits();
      expect(ours.has(number)).toBe(theirs.has(number));
    }
    expect(theirs.has('0000000000000000')).toBe(true);
    expect(theirs.size).toBeGreaterThan(8000);
  });

  it('is of each moment the last crash', () => {
    const [ours, theirs] = [new KnownMoments(), new Map<string, KnownMoment>()];
    for (let i = 0; i < 20_000; i++) {
      const [moment, crash] = [digits(), digits()];
      const known = { crash, at: next(3) === 0 ? undefined : 1.7e12 + i, fromLog: next(2) === 0 };
      ours.set(moment, known);
      theirs.set(moment, known);
    }
    for (const [moment, known] of theirs) expect(ours.get(moment)).toEqual(known);
    expect(ours.get('ffffffffffffffff')).toBeUndefined();
  });
});
