import type { TwoByTwo } from '../statistics/fisherExact.js';
import { unitCodes, type Units } from './cohort.js';
import { isSingle, wordClass, wordModule } from './word.js';
import type { WordPosition } from './wordTable.js';

/** A question about one position: is the word this, or of this class, or of this file? */
export interface Feature {
  readonly position: WordPosition;
  /** `zero`, `code`, `code libc.so.6`, `code libc.so.6+0x12`. */
  readonly word: string;
  /** Codes of the words that are meant. */
  readonly codes: ReadonlySet<number>;
  /** Units, those inside having the word. */
  readonly table: TwoByTwo;
}

/** All questions about a position. Of two that every unit answers alike the more exact one is kept. */
export function featuresOf(position: WordPosition, words: readonly string[], units: Units): Feature[] {
  const { all, cases, known, knownCases } = countsOf(unitCodes(position, units), units);
  const groups = new Map<string, Set<number>>();
  const put = (word: string, code: number) => {
    const group = groups.get(word);
    if (group === undefined) groups.set(word, new Set([code]));
    else group.add(code);
  };
  for (const code of all.keys()) {
    const word = words[code] ?? '';
    const module = wordModule(word);
    put(wordClass(word), code);
    if (module !== undefined) put(`${wordClass(word)} ${module}`, code);
    if (!isSingle(word)) put(word, code);
  }
  const features: Feature[] = [];
  // Exact words are put last: what they make superfluous is known when they are looked at first.
  const told = new Set<string>();
  for (const [word, codes] of [...groups].sort((a, b) => b[0].length - a[0].length)) {
    let inside = 0;
    let casesInside = 0;
    for (const code of codes) {
      inside += all.get(code) ?? 0;
      casesInside += cases.get(code) ?? 0;
    }
    if (inside === known) continue;
    const key = [...codes].sort((a, b) => a - b).join();
    if (codes.size < 64 && told.has(key)) continue;
    told.add(key);
    features.push({
      position,
      word,
      codes,
      table: { casesInside, inside, casesOutside: knownCases - casesInside, outside: known - inside },
    });
  }
  return features;
}

function countsOf(codes: Int32Array, { isCase }: Units) {
  const all = new Map<number, number>();
  const cases = new Map<number, number>();
  let known = 0;
  let knownCases = 0;
  codes.forEach((code, unit) => {
    if (code < 0) return;
    known++;
    all.set(code, (all.get(code) ?? 0) + 1);
    if (isCase[unit] !== 1) return;
    knownCases++;
    cases.set(code, (cases.get(code) ?? 0) + 1);
  });
  return { all, cases, known, knownCases };
}
