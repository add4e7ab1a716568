import type { Rates } from '../../shared/findings.js';
import type { Fleet } from '../findings/fleet.js';
import { INSIDE, OUTSIDE, type Predicate, sideOfRow, sidesOf } from '../findings/predicate.js';
import type { Subject } from '../findings/subjects.js';
import { rateRatio } from '../statistics/rates.js';
import type { Exposure } from './exposure.js';

/** A subject's crashes per unit, inside and outside of a condition; the ratio and its interval by episodes. */
export function ratesOf(subject: Subject, predicate: Predicate, fleet: Fleet, exposure: Exposure): Rates | undefined {
  const under = exposure.under(predicate);
  if (under === undefined) return undefined;
  const crashes = { inside: 0, outside: 0 };
  for (const row of subject.rows) {
    const side = sideOfRow(predicate, row);
    if (side === INSIDE) crashes.inside++;
    else if (side === OUTSIDE) crashes.outside++;
  }
  const episodes = episodesUnder(subject, predicate, fleet);
  const { ratio, low, high } = rateRatio(episodes.inside, under.inside, episodes.outside, under.outside);
  return {
    unit: exposure.unit,
    inside: { crashes: crashes.inside, exposure: under.inside },
    outside: { crashes: crashes.outside, exposure: under.outside },
    ...(Number.isFinite(ratio) ? { ratio } : {}),
    ...(Number.isNaN(ratio) ? {} : { interval: [low, Number.isFinite(high) ? high : null] as const }),
  };
}

export function episodesUnder(
  subject: Subject,
  predicate: Predicate,
  fleet: Fleet,
): { readonly inside: number; readonly outside: number } {
  const sides = sidesOf(predicate, fleet.episodes);
  let inside = 0;
  let outside = 0;
  for (const episode of subject.episodes) {
    if (sides[episode] === INSIDE) inside++;
    else if (sides[episode] === OUTSIDE) outside++;
  }
  return { inside, outside };
}
