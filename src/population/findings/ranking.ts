import type { ExplainedFinding, Finding } from '../../shared/findings.js';
import type { Candidate } from './candidate.js';
import type { CrashLoop } from './crashLoops.js';
import type { Explanation } from './explain.js';
import { adjustedLogP, type Correction } from './family.js';
import { draftOf, valuesOf } from './finding.js';
import type { Fleet } from './fleet.js';
import type { Split } from './hiddenGroups.js';
import { namesOf } from './predicate.js';
import type { QuerySource } from './query.js';
import { alsoSeenAs, bestOfEach } from './repeated.js';
import { alsoOfSplit, loopFinding, saidBy, splitFinding } from './special.js';

const MOST_EXPLAINED = 60;

/** Everything found, in the order of the report. */
export interface Ranked {
  readonly findings: readonly Finding[];
  readonly explained: readonly ExplainedFinding[];
}

/**
 * A split of a label comes before the explanations of that label, which follow from it where they say what its groups say; a crash loop
 * by what it weighs.
 */
export function ranked(
  explanations: readonly Explanation[],
  loops: readonly CrashLoop[],
  splits: readonly Split[],
  fleet: Fleet,
  correction: Correction,
  source: QuerySource,
): Ranked {
  const findings: Finding[] = [];
  const explained: ExplainedFinding[] = [];
  const waiting = [...loops].sort((a, b) => a.logP - b.logP);
  const rankOfSplit = new Map<Split, number>();
  const addSplit = (split: Split): number => {
    const known = rankOfSplit.get(split);
    if (known !== undefined) return known;
    const rank = findings.length + 1;
    findings.push({ rank, ...splitFinding(split, fleet, source), alsoSeenAs: alsoOfSplit(split) });
    rankOfSplit.set(split, rank);
    return rank;
  };
  const addLoop = (loop: CrashLoop): void => {
    findings.push({ rank: findings.length + 1, ...loopFinding(loop, fleet, source), alsoSeenAs: [] });
  };
  const addExplained = (candidate: Candidate, logP: number, explainedBy: number): void => {
    if (explained.length >= MOST_EXPLAINED) return;
    const draft = draftOf(candidate, logP, fleet, source);
    explained.push({ rank: explained.length + 1, ...draft, alsoSeenAs: [], explainedBy });
  };
  for (const { best, logPAdjusted, follows } of explanations) {
    for (let loop = waiting[0]; loop !== undefined && -loop.logP > best.gain; loop = waiting[0]) {
      addLoop(loop);
      waiting.shift();
    }
    const split = splits.find(
      ({ subject }) => subject.label === best.subject.label && subject.kind === best.subject.kind,
    );
    let rank = split === undefined ? 0 : addSplit(split);
    if (split !== undefined && saidBy(split, namesOf(best.predicate), valuesOf(best.predicate)))
      addExplained(best, logPAdjusted, rank);
    else {
      rank = findings.length + 1;
      findings.push({ rank, ...draftOf(best, logPAdjusted, fleet, source), alsoSeenAs: alsoSeenAs(best, follows) });
    }
    for (const candidate of bestOfEach(follows))
      addExplained(candidate, adjustedLogP(candidate, correction), rank);
  }
  for (const split of splits) addSplit(split);
  for (const loop of waiting) addLoop(loop);
  return { findings, explained };
}
