import type { DimensionValue } from '../../shared/findings.js';
import type { Fleet } from './fleet.js';

/** Kinds of crash, or labels where there are no kinds, that a program seldom brings about by itself. */
export interface ImpossibleKinds {
  /** For a sentence. */
  readonly words: string;
  /** What the kind's name has in it, and what it must not have, as regular expressions of JavaScript and of DuckDB (RE2). */
  readonly with: string;
  readonly without: string;
}

const MOVED_OR_FLIPPED = 'shift|misalign|bit[-_ ]?flip|machine[-_ ]?check|corrupt(ed)?[-_ ]?register';
/** Kinds that have one of those words and are a program's doing. */
const ORDINARY = 'misaligned[-_ ]?access|heap';

/**
 * The kinds that hardware is suspected by, all of them and the strongest alone: a wild address is what most programs' own errors end in too,
 * and where these are many they hide the few crashes that no program makes.
 */
export const IMPOSSIBLE_KINDS: readonly ImpossibleKinds[] = [
  { words: 'moved stack pointer, flipped bit, wild address', with: `${MOVED_OR_FLIPPED}|wild`, without: ORDINARY },
  { words: 'moved stack pointer, flipped bit', with: MOVED_OR_FLIPPED, without: ORDINARY },
];

/** By row of the table, 1 where the crash is of such a kind. */
export function impossibleRows(
  { crashes, roles: { kind, label } }: Fleet,
  impossibleKinds: ImpossibleKinds,
): Uint8Array {
  const [yes, no] = [new RegExp(impossibleKinds.with, 'i'), new RegExp(impossibleKinds.without, 'i')];
  const isImpossible = (said: DimensionValue): boolean => yes.test(String(said)) && !no.test(String(said));
  const kinds = (kind?.values ?? []).map(isImpossible);
  const labels = (label?.values ?? []).map(isImpossible);
  const impossible = new Uint8Array((kind ?? label)?.codes.length ?? 0);
  for (const row of crashes) {
    const code = kind?.codes[row] ?? -1;
    const is = code >= 0 && kind?.values[code] !== '' ? kinds[code] : labels[label?.codes[row] ?? -1];
    if (is === true) impossible[row] = 1;
  }
  return impossible;
}
