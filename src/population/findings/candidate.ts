import type { Predicate } from './predicate.js';
import type { Subject } from './subjects.js';

/** Families of questions share the permitted rate of false alarms, so that many questions of one sort cannot drown the others. */
export type Family = 'single' | 'pair' | 'time' | 'measure' | 'rhythm';

/** An association of a subject with a condition, before it is known whether something else explains it. */
export interface Candidate {
  readonly subject: Subject;
  readonly family: Family;
  readonly predicate: Predicate;
  /** ln p of this question by itself; for what was scanned, of the whole scan. */
  readonly logP: number;
  /** Log-likelihood that a condition of this sort gains by its freedom alone, when compared with another. */
  readonly cost: number;
  /** Log-likelihood gained, over the episodes compared. */
  readonly gain: number;
  /** Of a pair: ln p, family-wise, of its better half. Where that is beyond doubt, which pair it is only says it more exactly. */
  readonly logPOfHalf?: number;
  /** Of a pair: that its halves need each other is not sure by itself, so that it stands only where neither is significant alone. */
  readonly unlessHalf?: boolean;
  /** Whether the subject is more frequent inside. */
  readonly excess: boolean;
}

/** By which candidates of one subject are ordered. */
export function score({ gain, cost }: Candidate): number {
  return gain - cost;
}

/**
 * A single value is what it is; a cut finds the best of its positions, a window and a pair have more freedom yet. A date can be any, and of
 * the many windows that cover much the same crashes as a release does one fits better by chance than the release itself.
 */
export const COST_OF_VALUE = 0;
export const COST_OF_CUT = 2;
export const COST_OF_DATE = 3;
/** Of a window beside that of a date, by the bins that its other edge could be at. */
export const costOfOtherEdge = (bins: number): number => Math.log(bins / 2) + 2;
export const COST_OF_PAIR = 3.5;
export const COST_OF_RHYTHM = 6;
/** What is common elsewhere is said of there: a lack is the mirror image of an excess somewhere else. */
export const COST_OF_LACK = 3;
/** And this share of its gain: where one value has nearly all that others lack, that value is the cause. */
export const LACK_OF_GAIN = 0.15;
