import type { CategoryColumn } from '../../shared/columnTable.js';
import type { FindingSubject } from '../../shared/findings.js';
import { jointCodes } from './jointCodes.js';
import type { Roles } from './roles.js';

export type Level = 'label' | 'kind' | 'signature';

/** Whose cases a question is about. */
export interface Subject extends FindingSubject {
  readonly level: Level;
  /** Its episodes, ascending. */
  readonly episodes: Int32Array;
  /** Its crashes: rows of the table. */
  readonly rows: Int32Array;
}

/** Rare subjects cannot be significant; common ones come first. */
const FEWEST_EPISODES = 3;
const MOST_SIGNATURES = 60;
const MOST_KINDS = 60;
const MOST_LABELS = 60;
/** Of a very large fleet fewer subjects are asked about, the common ones: subjects times episodes stay below this. */
const MOST_COUNTED = 1.2e7;
const LEAST_ASKED = 6;

/**
 * Labels; kinds, each within its label; signatures, each within its label. A kind that is all of its label, or a signature that is all
 * of its kind, is the same question and asked once.
 */
export function subjectsOf(roles: Roles, crashes: Int32Array, episodeOf: Int32Array, episodes: number): Subject[] {
  const { label, kind, signature } = roles;
  const subjects: Subject[] = [];
  const seen = new Set<string>();
  const levels = [
    { level: 'label', columns: [label], most: MOST_LABELS },
    { level: 'kind', columns: [label, kind], most: MOST_KINDS },
    { level: 'signature', columns: [label, kind, signature], most: MOST_SIGNATURES },
  ] as const;
  for (const { level, columns, most } of levels) {
    const own = columns.at(-1);
    if (own === undefined) continue;
    const groups = new Map<number, number[]>();
    const joint = jointCodes(columns, crashes);
    crashes.forEach((row, crash) => {
      if ((own.codes[row] ?? -1) < 0) return;
      const key = joint[crash] ?? 0;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [crash]);
      else group.push(crash);
    });
    const made: Subject[] = [];
    for (const members of groups.values()) {
      const first = crashes[members[0] ?? 0] ?? 0;
      const subject: Subject = {
        level,
        ...(label === undefined ? {} : named('label', label, first)),
        ...(level === 'label' || kind === undefined ? {} : named('kind', kind, first)),
        ...(level !== 'signature' || signature === undefined ? {} : named('signature', signature, first)),
        episodes: distinctEpisodes(members, episodeOf, episodes),
        rows: Int32Array.from(members, (crash) => crashes[crash] ?? 0),
      };
      if (subject.episodes.length >= FEWEST_EPISODES && subject.episodes.length < episodes) made.push(subject);
    }
    made.sort((a, b) => b.episodes.length - a.episodes.length);
    for (const subject of made.slice(0, Math.min(most, Math.max(LEAST_ASKED, Math.floor(MOST_COUNTED / episodes))))) {
      const identity = `${subject.rows.length}/${subject.rows[0] ?? 0}/${subject.rows.at(-1) ?? 0}/${sum(subject.rows)}`;
      if (seen.has(identity)) continue;
      seen.add(identity);
      subjects.push(subject);
    }
  }
  return subjects;
}

function named(key: 'label' | 'kind' | 'signature', column: CategoryColumn, row: number): FindingSubject {
  const value = column.values[column.codes[row] ?? -1];
  return value === undefined ? {} : { [key]: String(value) };
}

function distinctEpisodes(members: readonly number[], episodeOf: Int32Array, episodes: number): Int32Array {
  const marked = new Uint8Array(episodes);
  for (const crash of members) marked[episodeOf[crash] ?? 0] = 1;
  const found: number[] = [];
  marked.forEach((mark, episode) => {
    if (mark === 1) found.push(episode);
  });
  return Int32Array.from(found);
}

function sum(rows: Int32Array): number {
  let total = 0;
  for (const row of rows) total += row;
  return total;
}
