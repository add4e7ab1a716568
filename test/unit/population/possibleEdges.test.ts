import { describe, expect, it } from 'vitest';
import { possibleEdges } from '../../../src/population/findings/possibleEdges.js';
import { populationReport } from '../../../src/population/findings/report.js';
import { TableBuilder } from '../../../src/population/table/tableBuilder.js';
import { Dice } from '../../population/fleets/dice.js';

describe('between which values an edge lies', () => {
  it('takes the likeliest gaps until they are 95 % of what is probable', () => {
    const gaps = [
      { below: -Infinity, value: 10, gain: 5 },
      { below: 10, value: 20, gain: 0 },
      { below: 20, value: 21, gain: 10 },
      { below: 21, value: 31, gain: 8 },
      { below: 31, value: 41, gain: 1 },
      { below: 41, value: Infinity, gain: 10 },
    ];
    // e^10 against 10 e^8, and 0.01 % in all the others.
    expect(possibleEdges(gaps)).toEqual([20, 31]);
  });

  it('is a gap that is beyond doubt, and nothing where there is none with two ends', () => {
    const sure = { below: 3, value: 4, gain: 20 };
    expect(possibleEdges([{ below: 0, value: 3, gain: 1 }, sure, { below: 4, value: 9, gain: 1 }])).toEqual([3, 4]);
    expect(possibleEdges([{ below: -Infinity, value: 4, gain: 3 }])).toBeUndefined();
  });

  it('holds the date at which something began, as often as it says', () => {
    const DAY = 86_400_000;
    const begin = Date.UTC(2026, 0, 1);
    let said = 0;
    let right = 0;
    let widest = 0;
    for (let seed = 0; seed < 120; seed++) {
      const dice = new Dice(seed + 500);
      const start = begin + dice.between(20, 40) * DAY;
      const table = new TableBuilder();
      for (let i = 0; i < 400; i++) {
        const time = begin + dice.uniform() * 60 * DAY;
        const label = dice.chance(time < start ? 0.05 : 0.25) ? 'return-to-null' : 'other';
        table.row({ label, kind: label, time: new Date(time).toISOString() });
      }
      const found = populationReport(table.finish()).findings.find(({ form }) => form === 'start');
      if (found?.startBetween === undefined) continue;
      const [earliest, latest] = found.startBetween.map((date) => Date.parse(date));
      said++;
      // A page shows it as a heading up to the first colon and space.
      expect(found.text.split(': ')[0]).toMatch(
        / UTC on \(between \d+ \w+, \d\d:\d\d and \d+ \w+, \d\d:\d\d, at 95 %\)$/,
      );
      if ((earliest ?? NaN) <= start && start <= (latest ?? NaN)) right++;
      widest = Math.max(widest, ((latest ?? NaN) - (earliest ?? NaN)) / DAY);
    }
    expect(said).toBeGreaterThan(100);
    // 95 %, less three standard deviations of so many.
    expect(right / said).toBeGreaterThan(0.89);
    expect(widest).toBeLessThan(40);
  });
});
