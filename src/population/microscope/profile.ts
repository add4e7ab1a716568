import type { PositionProfile, WordProfile } from '../../shared/microscope.js';
import { CASE, NEITHER, type Cohorts } from './cohort.js';
import { isSingle, wordClass } from './word.js';
import type { WordPosition, WordTable } from './wordTable.js';

/** What one position looks like in both cohorts, by cores; `undefined` where neither has it. */
export function profileOf(
  position: WordPosition,
  { rows, words }: WordTable,
  { of }: Cohorts,
): PositionProfile | undefined {
  const counts: [cases: Map<number, number>, others: Map<number, number>] = [new Map(), new Map()];
  position.codes.forEach((code, entry) => {
    const cohort = of[rows[entry] ?? 0] ?? NEITHER;
    if (code < 0 || cohort === NEITHER) return;
    const own = counts[cohort === CASE ? 0 : 1];
    own.set(code, (own.get(code) ?? 0) + 1);
  });
  if (counts[0].size === 0 && counts[1].size === 0) return undefined;
  return { position: position.name, cases: profile(counts[0], words), others: profile(counts[1], words) };
}

function profile(counts: ReadonlyMap<number, number>, words: readonly string[]): WordProfile {
  const classes: Record<string, number> = {};
  let known = 0;
  let zero = 0;
  let most = 1;
  let repeated: string | undefined;
  for (const [code, count] of counts) {
    const word = words[code] ?? '';
    known += count;
    if (word === 'zero') zero += count;
    const kind = wordClass(word);
    classes[kind] = (classes[kind] ?? 0) + count;
    if (count > most && !isSingle(word)) {
      most = count;
      repeated = word;
    }
  }
  return {
    known,
    zero,
    classes,
    ...(repeated === undefined ? {} : { repeated: { word: repeated, cores: most } }),
    entropy: entropyOf(counts, words, known),
  };
}

/** Words that come once are told apart by nothing, but are all different. */
function entropyOf(counts: ReadonlyMap<number, number>, words: readonly string[], known: number): number {
  let bits = 0;
  for (const [code, count] of counts) {
    if (isSingle(words[code] ?? '')) bits += (count / known) * Math.log2(known);
    else bits -= (count / known) * Math.log2(count / known);
  }
  return Math.max(0, bits);
}
