/**
 * The JSON contract of `redzone population --json`. Counts are of crashes unless a name says episodes; times are ISO 8601, UTC; optional
 * fields are left out, never null.
 */
export interface PopulationReport {
  readonly schema: 1;
  readonly counts: PopulationCounts;
  /** News, the best explanation first. */
  readonly findings: readonly Finding[];
  /** What was noticed too and follows from a finding. */
  readonly explained: readonly ExplainedFinding[];
  readonly notAssociated: readonly NotAssociated[];
  /** What was asked and how, for the reader who doubts: the number of questions, column roles, what was left out. */
  readonly method: PopulationMethod;
  /** Hosts by how unlikely their share of crashes is that healthy hardware does not make; the most suspect first. */
  readonly hardwareSuspects: readonly HardwareSuspect[];
  /** How much ran, where an exposure table was given. */
  readonly exposure?: ReportedExposure;
  /** Sentences about the whole: no clear start, shares and not rates... */
  readonly notes: readonly string[];
}

export interface ReportedExposure {
  /** Name of the exposure column: host_hours, requests... */
  readonly unit: string;
  readonly total: number;
  /** By value of each dimension that the exposure table has too, the most first; values as texts. */
  readonly dimensions: readonly {
    readonly dimension: string;
    readonly values: readonly { readonly value: string; readonly exposure: number }[];
  }[];
}

export interface PopulationCounts {
  /** Rows of the table. */
  readonly rows: number;
  /** Rows that could not be read when they were triaged, or without label and kind; in no count below. */
  readonly unreadable: number;
  /** Rows with a label or kind. */
  readonly crashes: number;
  /** Crashes of one signature on one node within the episode gap count as one. */
  readonly episodes: number;
  /** Crashes without a time that can be read. */
  readonly withoutTime: number;
  readonly from?: string;
  readonly to?: string;
  readonly labels: readonly LabelCount[];
}

export interface LabelCount {
  /** Absent when the table has kinds only. */
  readonly label?: string;
  readonly kind?: string;
  readonly crashes: number;
  readonly episodes: number;
}

export type Question = 'where' | 'when' | 'how-much' | 'hidden-groups' | 'hardware';

/** A value of a dimension, as the table has it; for a cut of a numeric column a text such as `< 6`. */
export type DimensionValue = string | number | boolean;

/** Whose cases: exactly one of the three, except for a kind or signature that occurs under several labels, which names its label too. */
export interface FindingSubject {
  readonly label?: string;
  readonly kind?: string;
  readonly signature?: string;
}

export interface Finding extends FindingSubject {
  /** From 1. */
  readonly rank: number;
  readonly question: Question;
  /** Crash loops, and what else has a form of its own. */
  readonly form?: FindingForm;
  /** `time` for "when" findings; several names for a pair or for groups. */
  readonly dimension: string | readonly string[];
  readonly value: DimensionValue | readonly DimensionValue[];
  /** Of the crashes with the value, how many are the subject's. */
  readonly inside: Share;
  /** The same of the crashes with another known value. */
  readonly outside: Share;
  /** Absent when either cell pair is empty in a way that gives none; never infinite. */
  readonly oddsRatio?: number;
  /** 95 %, of the odds ratio. The upper end is absent when it is infinite. */
  readonly interval?: readonly [low: number, high: number | null];
  /** Of numeric columns: Cliff's delta, -1 to 1: how much more often a case's value is the larger than the smaller one. */
  readonly effect?: number;
  readonly start?: string;
  readonly end?: string;
  /** Of `start` and `window`: between which dates the change lies with a probability of 95 %; of `end` and `window` the same of the end. */
  readonly startBetween?: DateSpan;
  readonly endBetween?: DateSpan;
  /** Of a rhythm: when in the day or the week. */
  readonly clock?: FindingClock;
  readonly p: number;
  /** Family-wise over the whole report. */
  readonly pAdjusted: number;
  /** Episodes of the subject inside. */
  readonly episodes: number;
  readonly alsoSeenAs: readonly AlsoSeenAs[];
  /** Other columns that divide the crashes as this one does: nothing in the table tells them apart. The text names them. */
  readonly sameAs?: readonly AlsoSeenAs[];
  /** Other explanations of the same cases that are nearly as likely, the nearest first. The text names them. */
  readonly rivals?: readonly RivalExplanation[];
  /** With an exposure table: crashes per unit, inside and outside, and their ratio. */
  readonly rates?: Rates;
  /** Of `hidden-groups`: what the groups look like. */
  readonly groups?: readonly HiddenGroup[];
  /** One sentence with the numbers in it. */
  readonly text: string;
  /** DuckDB SQL over a view `crashes` that gives the counts of `inside` and `outside`. */
  readonly query: string;
}

export type FindingForm =
  | 'dominance'
  | 'excess'
  | 'deficit'
  | 'interaction'
  | 'start'
  | 'end'
  | 'window'
  | 'rhythm'
  | 'cut'
  | 'loop'
  | 'groups';

/** ISO 8601, UTC. */
export type DateSpan = readonly [earliest: string, latest: string];

/** From `from` up to, not including, `to`, around the clock, in UTC: hours of the day (0 to 23), or of the week (0 is Monday, 0 h). */
export interface FindingClock {
  readonly period: 'day' | 'week';
  readonly from: number;
  readonly to: number;
}

export interface ExplainedFinding extends Finding {
  /** Rank of the finding it follows from. */
  readonly explainedBy: number;
}

export interface Share {
  readonly cases: number;
  readonly of: number;
}

export interface AlsoSeenAs {
  readonly dimension: string | readonly string[];
  readonly value: DimensionValue | readonly DimensionValue[];
}

export interface RivalExplanation extends AlsoSeenAs {
  /**
   * Log-likelihood ratio in favour of the finding, in bits, at most 4.3: at 3 the cases are 8 times as likely under the finding. Below 0
   * where the rival is the likelier one, but less to be expected: the place of a machine that is named. Over the
   * episodes for which both are known, after what each costs by its freedom.
   */
  readonly bits: number;
}

export interface Rates {
  /** Name of the exposure column: host_hours, requests... */
  readonly unit: string;
  readonly inside: Rate;
  readonly outside: Rate;
  readonly ratio?: number;
  /** 95 %. The upper end is null when it is infinite. */
  readonly interval?: readonly [low: number, high: number | null];
}

export interface Rate {
  readonly crashes: number;
  readonly exposure: number;
}

export interface HiddenGroup {
  /** Crashes of the subject. */
  readonly crashes: number;
  /** What sets the group apart, the most telling first. */
  readonly marks: readonly GroupMark[];
  readonly start?: string;
  readonly end?: string;
}

export interface GroupMark {
  readonly dimension: string;
  readonly value: DimensionValue;
  /** Share of the group's crashes that have it, and of the subject's other crashes, 0 to 1. */
  readonly here: number;
  readonly elsewhere: number;
}

export interface NotAssociated {
  readonly dimension: string;
  /** The smallest odds ratio that would have been found with a probability of 80 %. */
  readonly detectableOddsRatio: number;
  /** The label it was worked out for. */
  readonly label?: string;
}

export interface HardwareSuspect {
  readonly dimension: string;
  readonly value: DimensionValue;
  /** Crashes of kinds that healthy hardware does not make, of all crashes there. */
  readonly cases: number;
  readonly of: number;
  readonly episodes: number;
  readonly p: number;
  readonly pAdjusted: number;
}

export interface PopulationMethod {
  readonly dimensions: readonly string[];
  readonly measures: readonly string[];
  /** Columns that no question was asked of, and why. */
  readonly leftOut: readonly { readonly column: string; readonly why: string }[];
  /** The column that says which machine, and the gap in seconds that ends an episode. */
  readonly node?: string;
  readonly episodeGapSeconds: number;
  /** Tests that could have reached significance, of all that were thought of. */
  readonly tests: number;
  readonly permutations: number;
  /** Probability of any finding when there is nothing to find, at most. */
  readonly alpha: number;
}
