import type { DimensionValue, Share } from './findings.js';

/**
 * What the registers and stack words of some crashes look like beside those of others: `redzone population --microscope --json`, and the
 * microscope of the page. Shares are of cores that keep the word; p-values count episodes.
 */
export interface MicroscopeReport {
  /** What was chosen, as it was asked for, and what it is held against. */
  readonly selection: string;
  readonly against: string;
  readonly cases: CohortSize;
  readonly others: CohortSize;
  /** What stands out, the most telling first. What follows from a mark is folded under it. */
  readonly marks: readonly WordMark[];
  /** Registers by name, then slots from the stack pointer, then from the frame, lowest first. */
  readonly positions: readonly PositionProfile[];
  /** Questions that could have been answered yes, and the probability of any mark where there is nothing to see, at most. */
  readonly tests: number;
  readonly alpha: number;
  /** Sentences about the whole. */
  readonly notes: readonly string[];
}

export interface CohortSize {
  readonly crashes: number;
  /** Those of them whose words the data set keeps. */
  readonly withWords: number;
  /** Of those. */
  readonly episodes: number;
}

export interface WordMark {
  /** `rip`, `[rsp-8]`, `[frame-16]`: the frame is the canonical frame address of the innermost frame. */
  readonly position: string;
  /** What the word is: `zero`, `code`, `code in libc.so.6`, `number -1`... */
  readonly word: string;
  /** Of the cores in the selection that have the position, those whose word is this; and of the others. */
  readonly inside: Share;
  readonly outside: Share;
  readonly p: number;
  /** Family-wise over all questions of this report. */
  readonly pAdjusted: number;
  /** Seen too, and told by this mark: given it they say nothing more. The most telling first. */
  readonly alsoSeenAs: readonly AlsoSeenWord[];
  /** One sentence with the numbers in it. */
  readonly text: string;
}

export interface AlsoSeenWord {
  readonly position: string;
  readonly word: string;
  readonly inside: Share;
  readonly outside: Share;
}

export interface PositionProfile {
  readonly position: string;
  readonly cases: WordProfile;
  readonly others: WordProfile;
}

/** The words of one position in one cohort. */
export interface WordProfile {
  /** Cores that have the position. */
  readonly known: number;
  readonly zero: number;
  /** Cores by class: zero, number, text, code, stack, heap, data, mapped, unmapped, kernel, noncanonical. */
  readonly classes: Readonly<Record<string, number>>;
  /** The word that comes most often, where one comes twice. */
  readonly repeated?: { readonly word: string; readonly cores: number };
  /** Shannon's, of the words, in bits: 0 where all are equal, log2 of `known` where no two are. */
  readonly entropy: number;
}

/** A condition on a column, as `label=return-to-null` or `nodeAgeHours<6`. */
export interface ColumnCondition {
  readonly column: string;
  readonly sign: '=' | '!=' | '<' | '<=' | '>' | '>=';
  readonly value: DimensionValue;
}
