import type { ExplainedFinding, Finding } from '../../shared/findings.js';
import type { Exposure } from '../exposure/exposure.js';
import type { RateCandidate } from '../exposure/rateScan.js';
import type { Candidate } from './candidate.js';
import type { CrashLoop } from './crashLoops.js';
import type { Explanation } from './explain.js';
import { adjustedLogP, type Correction } from './family.js';
import { draftOf } from './finding.js';
import type { Fleet } from './fleet.js';
import type { Split } from './hiddenGroups.js';
import type { QuerySource } from './query.js';
import { alsoSeenAs, bestOfEach, sameAs } from './repeated.js';
import { reportedRivals } from './rivals.js';
import { rivalText, sameText } from './sentence.js';
import type { Suspect } from './hardware.js';
import { hardwareFinding } from './hardwareFinding.js';
import { alsoOfSplit, loopFinding, saidBy, splitFinding } from './special.js';

const MOST_EXPLAINED = 60;

/** What each search brought. */
export interface Found {
  readonly explanations: readonly Explanation[];
  readonly loops: readonly CrashLoop[];
  readonly splits: readonly Split[];
  readonly suspects: readonly Suspect[];
  readonly rates: readonly RateCandidate[];
}

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
  { explanations, loops, splits, suspects, rates }: Found,
  fleet: Fleet,
  correction: Correction,
  source: QuerySource,
  exposure?: Exposure,
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
    const draft = draftOf(candidate, logP, fleet, source, {}, exposure);
    explained.push({ rank: explained.length + 1, ...draft, alsoSeenAs: [], explainedBy });
  };
  for (const { best, logPAdjusted, follows, rivals } of explanations) {
    for (let loop = waiting[0]; loop !== undefined && -loop.logP > best.gain; loop = waiting[0]) {
      addLoop(loop);
      waiting.shift();
    }
    const split = splits.find(
      ({ subject }) =>
        subject.label === best.subject.label && (subject.level === 'label' || subject.kind === best.subject.kind),
    );
    let rank = split === undefined ? 0 : addSplit(split);
    if (split !== undefined && saidBy(split, best, fleet)) addExplained(best, logPAdjusted, rank);
    else {
      rank = findings.length + 1;
      const same = sameAs(best, follows, fleet.episodes);
      const named = new Set(same.map(({ dimension }) => String(dimension)));
      const near = reportedRivals(rivals, (names) => named.has(names.join(',')));
      const draft = draftOf(best, logPAdjusted, fleet, source, {}, exposure);
      findings.push({
        rank,
        ...draft,
        text: [
          draft.text,
          ...(same.length === 0 ? [] : [sameText(same)]),
          ...(near.length === 0 ? [] : [rivalText(near)]),
        ].join(' '),
        ...(same.length === 0 ? {} : { sameAs: same }),
        ...(near.length === 0 ? {} : { rivals: near }),
        alsoSeenAs: alsoSeenAs(best, follows, [...same, ...near]),
      });
    }
    for (const candidate of bestOfEach(follows)) addExplained(candidate, adjustedLogP(candidate, correction), rank);
  }
  for (const split of splits) addSplit(split);
  for (const loop of waiting) addLoop(loop);
  addRates();
  // A host that a finding names already is no news; the others are suspects for what they do in several labels.
  const said = new Set(
    findings.flatMap(({ dimension, value }) => {
      const values = typeof value === 'object' ? value : [value];
      return (typeof dimension === 'string' ? [dimension] : dimension).map(
        (name, i) => `${name}\0${String(values[i] ?? '')}`,
      );
    }),
  );
  const machines = new Set<string>();
  for (const suspect of suspects) {
    const name = `${suspect.dimension.name}\0${String(suspect.dimension.values[suspect.code] ?? '')}`;
    if (said.has(name) || sharesRows(fleet, suspect, machines, said)) continue;
    machines.add(name);
    findings.push({ rank: findings.length + 1, ...hardwareFinding(suspect, fleet, source), alsoSeenAs: [] });
  }
  return { findings, explained };

  /** What is frequent for how much runs there: the first of each label that has no explanation yet; what else is like it follows from it. */
  function addRates(): void {
    const explainedLabels = new Map<string, number>();
    for (const { rank, label = '' } of findings) if (!explainedLabels.has(label)) explainedLabels.set(label, rank);
    let first: number | undefined;
    for (const { subject, predicate, logP, logPAdjusted, excess } of rates) {
      const candidate: Candidate = { subject, predicate, logP, excess, family: 'single', cost: 0, gain: -logP };
      const by = explainedLabels.get(subject.label ?? '') ?? first;
      if (by === undefined) {
        const rank = findings.length + 1;
        findings.push({ rank, ...draftOf(candidate, logPAdjusted, fleet, source, {}, exposure), alsoSeenAs: [] });
        first = rank;
      } else addExplained(candidate, logPAdjusted, by);
    }
  }
}

/** Whether most of a suspect's impossible crashes are at a machine that was named before: a node and the machine it runs on. */
function sharesRows(fleet: Fleet, suspect: Suspect, ...named: readonly ReadonlySet<string>[]): boolean {
  let most = 0;
  const rows = fleet.crashes.filter(
    (row) => suspect.dimension.column.codes[row] === suspect.code && suspect.impossible[row] === 1,
  );
  for (const dimension of fleet.dimensions) {
    if (dimension === suspect.dimension) continue;
    let shared = 0;
    for (const row of rows) {
      const value = dimension.column.values[dimension.column.codes[row] ?? -1];
      if (value !== undefined && named.some((names) => names.has(`${dimension.name}\0${String(value)}`))) shared++;
    }
    most = Math.max(most, shared);
  }
  return most > suspect.cases / 2;
}
