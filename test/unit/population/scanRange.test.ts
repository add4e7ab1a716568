import { describe, expect, it } from 'vitest';
import { binsOf } from '../../../src/population/findings/bins.js';
import { CASE, type Comparison } from '../../../src/population/findings/comparison.js';
import { scanRange } from '../../../src/population/findings/scanRange.js';

const EPISODES = 320;

/** Cases are common in the third quarter of the time, at so many dates in all. */
function incident(dates: number) {
  const day = (episode: number) => Math.floor((episode * dates) / EPISODES);
  const values = Float64Array.from({ length: EPISODES }, (_, episode) => Date.UTC(2026, 0, 1 + day(episode)));
  const role = Uint8Array.from(values, (_, episode) => {
    const within = episode >= EPISODES / 2 && episode < (EPISODES * 3) / 4;
    return episode % 20 === 7 || (within && episode % 2 === 1) ? CASE : 0;
  });
  const comparison: Comparison = {
    subject: { level: 'label', label: 'a', episodes: Int32Array.of(), rows: Int32Array.of() },
    role,
    stratum: new Uint8Array(EPISODES),
    strata: 1,
  };
  const column = { type: 'number', name: 'time', values } as const;
  return scanRange(binsOf({ name: 'time', values, column }), comparison, 'time');
}

describe('a window of time', () => {
  it('is found where cases are common for a while', () => {
    expect(incident(320)?.predicate).toMatchObject({ low: Date.UTC(2026, 0, 161), high: Date.UTC(2026, 0, 241) });
  });

  it('has the more to explain, the more dates its edges could be', () => {
    const [few, many] = [incident(20)?.cost ?? 0, incident(320)?.cost ?? 0];
    expect(few).toBeCloseTo(5 + Math.log(10));
    // More than what a release that covers much the same crashes falls short of it by chance.
    expect(many).toBeGreaterThan(9);
  });
});
