import { SAMPLE_SOURCE, sampleFleet, sampleReport } from '../../webview/population/sampleFleet.js';
import { describe, expect, it } from 'vitest';
import { agreement, estimate, roughly } from '../../../webview/population/model/estimate.js';
import { groupsOf } from '../../../webview/population/model/groups.js';
import { matrixOf } from '../../../webview/population/model/matrix.js';
import { readTable } from '../../../webview/population/model/table.js';
import { packTable } from '../../../src/session/population/packTable.js';

/** No page without a report; what it says is nothing to the table. */
const PARTS = { dataset: 'd', report: sampleReport(sampleFleet(1)), source: SAMPLE_SOURCE };

describe('the matrix', () => {
  it('has the expected counts and residuals of a two by two table', () => {
    // 30 and 10 against 10 and 50: expected 16, residual sqrt(chi square) = 5.84.
    const { rows, total } = matrixOf(Uint32Array.from([0, 0, 30, 10, 10, 50]), 2, 10);
    expect(total).toBe(100);
    expect(rows.map(({ code }) => code)).toEqual([2, 1]);
    const cell = rows[1]?.cells[0];
    expect(cell?.expected).toBeCloseTo(16);
    const chiSquare = (100 * (30 * 50 - 10 * 10) ** 2) / (40 * 60 * 40 * 60);
    expect(cell?.residual).toBeCloseTo(Math.sqrt(chiSquare));
  });

  it('shows the most frequent values and counts the rest', () => {
    const counts = Uint32Array.from([5, 1, 9, 4, 0]);
    const { rows, more } = matrixOf(counts, 1, 2);
    expect(rows.map(({ code, total }) => [code, total])).toEqual([
      [2, 9],
      [3, 4],
    ]);
    expect(more).toBe(1);
  });
});

describe('the groups', () => {
  function groups(labels: readonly (string | undefined)[]) {
    const values = [...new Set(labels.filter((label) => label !== undefined))];
    const codes = Int32Array.from(labels, (label) => (label === undefined ? -1 : values.indexOf(label)));
    const pack = packTable(
      { rows: labels.length, columns: [{ type: 'category', name: 'label', values, codes }] },
      PARTS,
    );
    const [column] = readTable(pack).table.columns;
    return groupsOf(column?.type === 'texts' ? column : undefined, labels.length);
  }

  it('keep the colours of the labels everybody knows, the largest first, those without a label last', () => {
    const made = groups(['other', 'misaligned-stack', 'other', 'return-to-null', undefined, 'mine', 'other', 'mine']);
    expect(made.order.map((code) => made.text(code))).toEqual([
      'other',
      'mine',
      'misaligned-stack',
      'return-to-null',
      '',
    ]);
    const colour = (text: string) => made.colour(made.order.find((code) => made.text(code) === text) ?? -1);
    expect([colour('return-to-null'), colour('misaligned-stack'), colour('other')]).toEqual([1, 2, 0]);
    expect([0, 1, 2]).not.toContain(colour('mine'));
  });

  it('gather what is beyond the colours', () => {
    const many = groups(Array.from({ length: 60 }, (_, index) => `label ${index % 20}`));
    expect(many.order.length).toBe(8);
    const rest = many.order[7] ?? 0;
    expect(many.text(rest)).toBe('all others');
    expect(many.single(rest)).toBe(false);
    expect([...many.codes].filter((code) => code === rest).length).toBe(39);
  });
});

describe('the estimate', () => {
  const inputs = {
    window: 1e-9,
    signalRate: 100,
    exceptionRate: 10,
    cores: 1000,
    distance: 3000,
    signalFrame: 2700,
    handlerDepth: 300,
  };

  it('multiplies exceptions with the chance that a signal hits the window', () => {
    // 10 x 1000 x 86,400 exceptions a day, each with a chance of one in ten million.
    expect(estimate(inputs).expected).toBeCloseTo(86.4);
  });

  it('never hits more than every exception', () => {
    expect(estimate({ ...inputs, signalRate: 1e12 }).expected).toBe(10 * 1000 * 86_400);
  });

  it('asks whether the handler reaches the context at all, red zone and all', () => {
    expect(estimate({ ...inputs, distance: 3128 })).toMatchObject({ reach: 3128, reaches: 'surely' });
    expect(estimate({ ...inputs, distance: 3129 }).reaches).toBe('perhaps');
  });

  it.each([
    [86, 40, 'agrees'],
    [10, 900, 'more'],
    [900, 10, 'fewer'],
    [0, 3, 'unexplained'],
    [0, 0, 'nothing'],
    [0.01, 0, 'agrees'],
    [100, 0, 'fewer'],
  ] as const)('%d expected and %d seen: %s', (expected, observed, verdict) => {
    expect(agreement(expected, observed)).toBe(verdict);
  });

  it.each([
    [86.4, 'some 90 a day'],
    [1.4, 'some 1 a day'],
    [0.1, 'one in some 10 days'],
    [0.0001, 'one in some 30 years'],
    [0, 'none'],
  ])('says %d a day as %s', (perDay, words) => {
    expect(roughly(perDay)).toBe(words);
  });
});
