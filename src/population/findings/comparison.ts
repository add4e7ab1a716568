import type { Subject } from './subjects.js';

/** Which episodes a subject is compared over, and within which strata. */
export interface Comparison {
  readonly subject: Subject;
  /** By episode: CASE, OTHER or LEFT_OUT. */
  readonly role: Uint8Array;
  /** By episode, below `strata`. */
  readonly stratum: Uint8Array;
  readonly strata: number;
}

export const OTHER = 0;
export const CASE = 1;
export const LEFT_OUT = 2;

/** A subject against every other episode. */
export function againstAll(subject: Subject, episodes: number): Comparison {
  const role = new Uint8Array(episodes);
  for (const episode of subject.episodes) role[episode] = CASE;
  return { subject, role, stratum: new Uint8Array(episodes), strata: 1 };
}

/** At most so many strata: beyond that each holds too little. */
export const MOST_STRATA = 32;
