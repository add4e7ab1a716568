import { describe, expect, it } from 'vitest';
import { agreement, estimate, roughly } from '../../../webview/population/model/estimate.js';

const INPUTS = {
  window: 1e-9,
  signalRate: 10,
  exceptionRate: 1,
  cores: 10_000,
  distance: 700,
  signalFrame: 3200,
  handlerDepth: 400,
};

describe('the estimate of a race', () => {
  it('multiplies exceptions a day by the chance that a signal hits the window', () => {
    // 10,000 exceptions a second, 86,400 seconds, one in 100,000,000 hit.
    const made = estimate(INPUTS);
    expect(made.expected).toBeCloseTo(8.64, 10);
    expect(made.range[0]).toBeCloseTo(8.64 / 9, 10);
    expect(made.range[1]).toBeCloseTo(8.64 * 9, 10);
    // More signals than windows cannot hit more than all exceptions.
    expect(estimate({ ...INPUTS, signalRate: 1e12 }).expected).toBe(864_000_000);
  });

  it.each([
    [128, 'spared'],
    [129, 'surely'],
    [3728, 'surely'],
    [3729, 'perhaps'],
    [3814, 'perhaps'],
    [3815, 'short'],
  ])('would this handler reach a context %i bytes below? %s', (distance, reaches) => {
    expect(estimate({ ...INPUTS, distance })).toMatchObject({ reach: 3728, reaches });
  });

  it('agrees to an order of magnitude', () => {
    expect(agreement(8.64, 80)).toBe('agrees');
    expect(agreement(8.64, 90)).toBe('more');
    expect(agreement(100, 9)).toBe('fewer');
    expect(agreement(0, 1)).toBe('unexplained');
    expect(agreement(0, 0)).toBe('nothing');
    expect(roughly(8.64)).toBe('some 9 a day');
    expect(roughly(0.011)).toBe('one in some 90 days');
    expect(roughly(0.0001)).toBe('one in some 30 years');
  });
});
