import type { AlsoSeenAs } from '../../shared/findings.js';
import type { Candidate } from './candidate.js';
import { valuesOf } from './finding.js';
import { INSIDE, namesOf, sidesOf, UNKNOWN } from './predicate.js';
import type { Subject } from './subjects.js';

const MOST_ALSO = 12;

/** What the same cases were also noticed by: one entry for each other column. */
export function alsoSeenAs(
  best: Candidate,
  follows: readonly Candidate[],
  same: readonly AlsoSeenAs[] = [],
): AlsoSeenAs[] {
  const own = namesOf(best.predicate);
  const said = new Set(same.map(({ dimension }) => String(dimension)));
  return bestOfEach(follows)
    .filter(
      ({ subject, predicate }) =>
        !said.has(namesOf(predicate).join(',')) &&
        // A pair says of a host what its halves say by themselves.
        predicate.form !== 'pair' &&
        subject === best.subject &&
        !namesOf(predicate).every((name) => own.includes(name)),
    )
    .slice(0, MOST_ALSO)
    .map(({ predicate }) => {
      const [dimension = ''] = namesOf(predicate);
      const [value = ''] = valuesOf(predicate);
      return { dimension, value };
    });
}

/** Candidates that divide the crashes as the best one does, wherever both are known: repetitions of the same columns under other names. */
export function sameAs(best: Candidate, follows: readonly Candidate[], episodes: number): AlsoSeenAs[] {
  if (best.predicate.form !== 'value' && best.predicate.form !== 'pair') return [];
  const own = sidesOf(best.predicate, episodes);
  return bestOfEach(
    follows.filter(({ subject, predicate }) => subject === best.subject && predicate.form === best.predicate.form),
  )
    .filter(({ predicate }) => repeats(own, sidesOf(predicate, episodes)))
    .slice(0, MOST_SAME)
    .map(({ predicate }) => {
      const names = namesOf(predicate);
      const values = valuesOf(predicate);
      const [dimension = ''] = names;
      const [value = ''] = values;
      return names.length > 1 ? { dimension: names, value: values } : { dimension, value };
    });
}

const MOST_SAME = 4;
/** Episodes on which two names for the same may differ. */
const MOST_DIFFERING = 0.02;
const FEWEST_SHARED = 5;

function repeats(own: Uint8Array, other: Uint8Array): boolean {
  let both = 0;
  let either = 0;
  for (let i = 0; i < own.length; i++) {
    if (own[i] === UNKNOWN || other[i] === UNKNOWN) continue;
    if (own[i] === INSIDE || other[i] === INSIDE) either++;
    if (own[i] === INSIDE && other[i] === INSIDE) both++;
  }
  return isRepetition(both, either);
}

/** Whether two conditions are two names for the same: by the episodes that meet both, and those that meet either. */
export function isRepetition(both: number, either: number): boolean {
  return both >= FEWEST_SHARED && either - both <= MOST_DIFFERING * either;
}

/** Of each subject and column the strongest, the strongest first. */
export function bestOfEach(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Map<Subject, Set<string>>();
  return [...candidates]
    .sort((a, b) => b.gain - a.gain)
    .filter(({ subject, predicate }) => {
      const names = seen.get(subject) ?? new Set<string>();
      seen.set(subject, names);
      const key = namesOf(predicate).join('\0');
      if (names.has(key)) return false;
      names.add(key);
      return true;
    });
}
