import type { DimensionValue, RivalExplanation } from '../../shared/findings.js';
import { type Candidate, score } from './candidate.js';
import type { Comparison } from './comparison.js';
import { valuesOf } from './finding.js';
import { jointGain } from './jointGain.js';
import { namesOf, type Predicate, sidesOf } from './predicate.js';
import { refined } from './refineRange.js';

/** A candidate that explains the same cases nearly as well as the best one. */
export interface Rival {
  readonly candidate: Candidate;
  /** How much less likely the cases are under it: a natural logarithm, at most `NEARLY`; below 0 where it is only the less expected. */
  readonly behind: number;
}

/** 20 to 1: what is less likely by more than this is no rival. */
const NEARLY = Math.log(20);
const MOST_RIVALS = 4;
/** So many of the strongest candidates are compared with the best. */
const MOST_COMPARED = 40;
const MOST_COMPARED_OF_MANY = 14;
const MANY = 200_000;

/**
 * What the data hardly tell from the best explanation: candidates of the same subject that nothing is left of once the best is known, and
 * that are nearly as likely over the episodes for which both are known. One for each other set of columns, the nearest first.
 *
 * @param follows what the best one explains
 * @param comparison as it was when the best one was chosen
 */
export function rivalsOf(best: Candidate, follows: readonly Candidate[], comparison: Comparison): Rival[] {
  const episodes = comparison.role.length;
  const own = namesOf(best.predicate);
  const sides = sidesOf(best.predicate, episodes);
  const compared = follows
    .filter(
      ({ subject, predicate, excess }) =>
        subject === best.subject &&
        excess === best.excess &&
        !namesOf(predicate).every((name) => own.includes(name)) &&
        // Of a pair each half was asked for, given the other.
        !isHalf(predicate, best.predicate),
    )
    .sort((a, b) => score(b) - score(a))
    .slice(0, episodes > MANY ? MOST_COMPARED_OF_MANY : MOST_COMPARED);
  const found: Rival[] = [];
  const said = new Set<string>();
  const rivals = compared
    .map((candidate): Rival => {
      const rival = refined(candidate, comparison);
      const gain = jointGain(sides, sidesOf(rival.predicate, episodes), comparison);
      return { candidate: rival, behind: gain.one - best.cost - (gain.other - rival.cost) };
    })
    .filter(({ behind }) => behind <= NEARLY)
    .sort((a, b) => a.behind - b.behind);
  for (const rival of rivals) {
    const columns = namesOf(rival.candidate.predicate).join('\0');
    if (said.has(columns)) continue;
    said.add(columns);
    found.push(rival);
  }
  return found;
}

/** As the report has them, without those that it names as the same anyway. */
export function reportedRivals(
  rivals: readonly Rival[],
  isSaid: (names: readonly string[]) => boolean,
): RivalExplanation[] {
  return rivals
    .filter(({ candidate }) => !isSaid(namesOf(candidate.predicate)))
    .slice(0, MOST_RIVALS)
    .map(({ candidate: { predicate }, behind }) => ({
      dimension: single(namesOf(predicate)),
      value: single<DimensionValue>(valuesOf(predicate)),
      // Without a minus before a zero.
      bits: Math.round((behind / Math.LN2) * 10) / 10 || 0,
    }));
}

function single<T extends DimensionValue>(list: readonly T[]): T | readonly T[] {
  const [first] = list;
  return list.length === 1 && first !== undefined ? first : list;
}

function isHalf(half: Predicate, pair: Predicate): boolean {
  if (half.form !== 'value' || pair.form !== 'pair') return false;
  return [pair.first, pair.second].some(({ dimension, code }) => dimension === half.dimension && code === half.code);
}
