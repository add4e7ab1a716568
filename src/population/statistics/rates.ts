import { betaBelow, betaQuantile } from './incompleteBeta.js';
import { gammaBelow } from './incompleteGamma.js';
import { normalQuantileOfTail } from './normal.js';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Wilson's interval of a share. */
export function shareInterval(cases: number, of: number, level = 0.95): Interval {
  if (of === 0) return { low: 0, high: 1 };
  const z = normalQuantileOfTail((1 - level) / 2);
  const share = cases / of;
  const middle = (share + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const half = (z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of))) / (1 + (z * z) / of);
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** The exact interval of events per unit of exposure (Garwood). `exposure` above 0. */
export function rateInterval(events: number, exposure: number, level = 0.95): Interval {
  const tail = (1 - level) / 2;
  return {
    low: events === 0 ? 0 : gammaQuantile(tail, events) / exposure,
    high: gammaQuantile(1 - tail, events + 1) / exposure,
  };
}

export interface RateRatio extends Interval {
  /** NaN when neither side has an event, Infinity when only the first has. */
  readonly ratio: number;
  /** Two-sided: both sides have the same rate. */
  readonly p: number;
}

/** Two rates compared, exactly, by how the events divide given the exposures. Exposures above 0. */
export function rateRatio(
  events: number,
  exposure: number,
  otherEvents: number,
  otherExposure: number,
  level = 0.95,
): RateRatio {
  const all = events + otherEvents;
  const scale = otherExposure / exposure;
  const odds = (share: number) => (share >= 1 ? Infinity : (share / (1 - share)) * scale);
  const tail = (1 - level) / 2;
  return {
    ratio: events / exposure / (otherEvents / otherExposure),
    low: events === 0 ? 0 : odds(betaQuantile(tail, events, all - events + 1)),
    high: events === all ? Infinity : odds(betaQuantile(1 - tail, events + 1, all - events)),
    p: binomialP(events, all, exposure / (exposure + otherExposure)),
  };
}

/** Twice the smaller tail of a binomial count: at most 1. */
function binomialP(events: number, all: number, share: number): number {
  const atLeast = events === 0 ? 1 : betaBelow(share, events, all - events + 1);
  // By its mirror image: what 1 minus the other tail leaves of a small one is rounding, down to 0.
  const atMost = events === all ? 1 : betaBelow(1 - share, all - events, events + 1);
  return Math.min(1, 2 * Math.min(atLeast, atMost));
}

function gammaQuantile(p: number, shape: number): number {
  let low = 0;
  let high = shape + 20 * Math.sqrt(shape) + 50;
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (gammaBelow(shape, middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
