import type { AlsoSeenAs } from '../../shared/findings.js';
import type { Candidate } from './candidate.js';
import { valuesOf } from './finding.js';
import { namesOf } from './predicate.js';
import type { Subject } from './subjects.js';

const MOST_ALSO = 12;

/** What the same cases were also noticed by: one entry for each other column. */
export function alsoSeenAs(best: Candidate, follows: readonly Candidate[]): AlsoSeenAs[] {
  const own = namesOf(best.predicate);
  return bestOfEach(follows)
    .filter(
      ({ subject, predicate }) =>
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
