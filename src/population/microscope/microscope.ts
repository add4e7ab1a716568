import type { AlsoSeenWord, CohortSize, MicroscopeReport, WordMark } from '../../shared/microscope.js';
import type { Share } from '../../shared/findings.js';
import { count, percent, pText } from '../findings/sentence.js';
import { CASE, NEITHER, OTHER, type Cohorts, unitsOf } from './cohort.js';
import { type Feature, featuresOf } from './features.js';
import { type Mark, MARKS_ALPHA, marksOf } from './marks.js';
import { profileOf } from './profile.js';
import { inWords, wordClass } from './word.js';
import type { WordTable } from './wordTable.js';

/** How the two cohorts are called. */
export interface CohortNames {
  readonly selection: string;
  readonly against: string;
}

/** Folded marks that are told: with one slot goes most of a stack. */
const MOST_FOLDED = 40;

/** What registers and stack words of the cases look like, beside those of the others; what stands out first. */
export function microscope(words: WordTable, cohorts: Cohorts, { selection, against }: CohortNames): MicroscopeReport {
  const units = unitsOf(words, cohorts);
  const features = words.positions.flatMap((position) => featuresOf(position, words.words, units));
  const { marks, tests } = marksOf(features, units);
  const sizeOf = (cohort: number): CohortSize => ({
    crashes: cohorts.of.reduce((sum, of) => sum + (of === cohort ? 1 : 0), 0),
    withWords: words.rows.reduce((sum, row) => sum + (cohorts.of[row] === cohort ? 1 : 0), 0),
    episodes: cohort === CASE ? units.cases : units.count - units.cases,
  });
  const cases = sizeOf(CASE);
  const others = sizeOf(OTHER);
  return {
    selection,
    against,
    cases,
    others,
    marks: marks.map((mark) => markOf(mark, words, cohorts)),
    positions: words.positions.flatMap((position) => profileOf(position, words, cohorts) ?? []),
    tests,
    alpha: MARKS_ALPHA,
    notes: notesOf(cases, others, words),
  };
}

function notesOf(cases: CohortSize, others: CohortSize, { rows, kept }: WordTable): string[] {
  const notes: string[] = [];
  if (kept === 0)
    return [
      'This data set keeps no registers and no stack: make it with redzone triage --dataset DIR --keep-stack 512.',
    ];
  if (cases.withWords === 0) notes.push('None of the chosen crashes keeps its registers or stack.');
  else if (others.withWords === 0)
    notes.push('There is nothing to hold these against: no other crash keeps its words.');
  if (kept > rows.length)
    notes.push(`${count(kept)} crashes keep their words; looked at is a random sample of ${count(rows.length)}.`);
  if (cases.withWords > 0 && cases.episodes < cases.withWords)
    notes.push(
      `The ${count(cases.withWords)} chosen crashes are ${count(cases.episodes)} ${cases.episodes === 1 ? 'episode' : 'episodes'}; p-values count those.`,
    );
  notes.push(
    'Labels and kinds are judged by these very words: what sets a label apart here describes it and proves no cause.',
  );
  return notes;
}

function markOf({ feature, logP, logPAdjusted, follows }: Mark, words: WordTable, cohorts: Cohorts): WordMark {
  const seen = alsoSeen(feature, words, cohorts);
  const p = (log: number) => Math.max(Number.MIN_VALUE, Math.exp(log));
  const sides = [share(seen.inside, 'of these'), share(seen.outside, 'of the others')];
  return {
    ...seen,
    p: p(logP),
    pAdjusted: p(logPAdjusted),
    alsoSeenAs: mostTelling(follows, feature).map((one) => alsoSeen(one, words, cohorts)),
    text: `${seen.position} is ${inWords(seen.word)} in ${sides.join(' and in ')}; ${pText(p(logPAdjusted))}.`,
  };
}

/** One of each position, and none of the mark's own position: that it is not another class needs no saying. */
function mostTelling(follows: readonly Feature[], { position }: Feature): Feature[] {
  const first = new Map<string, Feature>();
  for (const feature of follows)
    if (feature.position !== position && !first.has(feature.position.name)) first.set(feature.position.name, feature);
  return [...first.values()].slice(0, MOST_FOLDED);
}

/** By cores, as a reader would count them. */
function alsoSeen({ position, word, codes }: Feature, { rows }: WordTable, { of }: Cohorts): AlsoSeenWord {
  const inside = { cases: 0, of: 0 };
  const outside = { cases: 0, of: 0 };
  position.codes.forEach((code, entry) => {
    const cohort = of[rows[entry] ?? 0] ?? NEITHER;
    if (code < 0 || cohort === NEITHER) return;
    const side = cohort === CASE ? inside : outside;
    side.of++;
    if (codes.has(code)) side.cases++;
  });
  return { position: position.name, word: word === '' ? wordClass(word) : word, inside, outside };
}

function share({ cases, of }: Share, whom: string): string {
  return of === 0 ? `none ${whom}` : `${percent(cases / of)} ${whom} (${count(cases)} of ${count(of)})`;
}
