import { extent } from '../../shared/extent.js';
import type { GroupMark, HiddenGroup } from '../../shared/findings.js';
import type { Fleet } from './fleet.js';
import type { Subject } from './subjects.js';

/** What the two groups look like: the values whose shares differ most. `inGroup`: 1 first, 0 second, 2 unknown. */
export function groupsOf(fleet: Fleet, subject: Subject, inGroup: Uint8Array): HiddenGroup[] {
  const marks: { first: GroupMark; difference: number }[] = [];
  for (const dimension of [...fleet.features, ...fleet.dimensions]) {
    const counts = new Map<number, [number, number]>();
    const known: [number, number] = [0, 0];
    for (const episode of subject.episodes) {
      const code = dimension.codes[episode] ?? -1;
      const group = inGroup[episode] ?? 2;
      if (code < 0 || group === 2) continue;
      const at = group === 1 ? 0 : 1;
      known[at]++;
      const pair = counts.get(code) ?? [0, 0];
      pair[at]++;
      counts.set(code, pair);
    }
    if (known[0] === 0 || known[1] === 0) continue;
    for (const [code, [one, two]] of counts) {
      const here = one / known[0];
      const elsewhere = two / known[1];
      const value = dimension.values[code];
      if (value !== undefined && Math.abs(here - elsewhere) > 0.25)
        marks.push({ first: { dimension: dimension.name, value, here, elsewhere }, difference: here - elsewhere });
    }
  }
  const row = (group: number) => {
    const own = [...subject.episodes].filter((episode) => inGroup[episode] === group);
    const sign = group === 1 ? 1 : -1;
    const seen = new Set<string>();
    return {
      crashes: own.reduce((sum, episode) => sum + (fleet.weights[episode] ?? 0), 0),
      marks: marks
        .filter(({ difference }) => difference * sign > 0)
        .sort((x, y) => Math.abs(y.difference) - Math.abs(x.difference))
        .filter(({ first }) => !seen.has(first.dimension) && seen.add(first.dimension).size > 0)
        .slice(0, MOST_MARKS)
        .map(({ first }) => (group === 1 ? first : { ...first, here: first.elsewhere, elsewhere: first.here })),
      ...periodOf(fleet, own),
    };
  };
  return [row(1), row(0)];
}

const MOST_MARKS = 6;
/** Chance that a group that begins with the table seems to begin later, or seems to end before it. */
const BY_CHANCE = 0.01;

/** When the group began and ended, as far as that is later and earlier than the table does: of n crashes one lies near each end. */
function periodOf({ time }: Fleet, episodes: readonly number[]): Pick<HiddenGroup, 'start' | 'end'> {
  if (time === undefined) return {};
  const [begin, until] = extent(time.values);
  const own = episodes.map((episode) => time.values[episode] ?? NaN).filter((at) => !Number.isNaN(at));
  const [first, last] = extent(own);
  const isNews = (idle: number) => (1 - idle / (until - begin)) ** own.length < BY_CHANCE;
  return {
    ...(isNews(first - begin) ? { start: new Date(first).toISOString() } : {}),
    ...(isNews(until - last) ? { end: new Date(last).toISOString() } : {}),
  };
}
