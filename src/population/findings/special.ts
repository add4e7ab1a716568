import type { AlsoSeenAs, HiddenGroup } from '../../shared/findings.js';
import { stratifiedLogP } from '../statistics/stratifiedTest.js';
import type { Candidate } from './candidate.js';
import { againstAll, type Comparison, LEFT_OUT } from './comparison.js';
import type { CrashLoop } from './crashLoops.js';
import { type DraftFinding, draftOf, named, valuesOf } from './finding.js';
import type { Fleet } from './fleet.js';
import type { Split } from './hiddenGroups.js';
import { INSIDE, namesOf, sidesOf, UNKNOWN } from './predicate.js';
import { tablesOfSides } from './sideTables.js';
import { literal, type QuerySource } from './query.js';
import { count, percent, pText, subjectName, when } from './sentence.js';

/** A crash loop as a finding: a place and a time, and one episode. */
export function loopFinding(loop: CrashLoop, fleet: Fleet, source: QuerySource): DraftFinding {
  const candidate = {
    subject: loop.subject,
    family: 'single',
    predicate: { form: 'value', dimension: loop.dimension, code: loop.code },
    logP: loop.logP,
    cost: 0,
    gain: -loop.logP,
    excess: true,
  } as const;
  const period = { start: new Date(loop.start).toISOString(), end: new Date(loop.end).toISOString() };
  const draft = draftOf(candidate, loop.logPAdjusted, fleet, source, period);
  const value = String(loop.dimension.values[loop.code] ?? '');
  const { question, dimension, value: at, inside, outside, p, pAdjusted, query } = draft;
  return {
    ...named(loop.subject),
    ...period,
    question,
    dimension,
    value: at,
    inside,
    outside,
    p,
    pAdjusted,
    query,
    form: 'loop',
    episodes: loop.episodes,
    text:
      `Crash loop: ${loop.dimension.name} = ${value} crashed ${count(loop.crashes)} times with ${subjectName(named(loop.subject))} ` +
      `between ${when(period.start)} and ${when(period.end)}; counted as ${loop.episodes === 1 ? 'one episode' : `${count(loop.episodes)} episodes`} everywhere else; ${pText(draft.pAdjusted)}.`,
  };
}

/** A proposal that one label is two diseases. */
export function splitFinding(split: Split, fleet: Fleet, source: QuerySource): DraftFinding {
  const { subject, place, feature, second, groups } = split;
  const base = draftOf({ ...place, subject }, split.logPAdjusted, fleet, source);
  const names = [...namesOf(place.predicate)];
  const values = valuesOf(place.predicate);
  if (feature !== undefined) {
    names.push(feature.dimension.name);
    values.push(feature.dimension.values[feature.code] ?? '');
  }
  if (second !== undefined) {
    names.push(...namesOf(second.predicate));
    values.push(...valuesOf(second.predicate));
  }
  const [first, other] = groups;
  const likeness = (group: typeof first) =>
    (group?.marks ?? [])
      .slice(0, 4)
      .map(
        (mark) =>
          `${mark.dimension} = ${String(mark.value)} (${percent(mark.here)}, the others ${percent(mark.elsewhere)})`,
      )
      .join(', ');
  return {
    ...base,
    question: 'hidden-groups',
    form: 'groups',
    dimension: names,
    value: values,
    p: Math.max(Number.MIN_VALUE, Math.exp(split.logP)),
    groups,
    text:
      `The ${count(subject.rows.length)} ${subjectName(named(subject))} crashes look like two populations. ` +
      `A, ${count(first?.crashes ?? 0)} crashes${period(first)}: ${likeness(first)}. ` +
      `B, ${count(other?.crashes ?? 0)} crashes${period(other)}: ${likeness(other)}. A proposal, no label; ${pText(base.pAdjusted)}.`,
    query:
      feature === undefined
        ? base.query
        : within(base.query, feature.dimension.name, feature.dimension.values[feature.code], source),
  };
}

function period(group: HiddenGroup | undefined): string {
  const { start, end } = group ?? {};
  return `${start === undefined ? '' : ` since ${when(start)}`}${end === undefined ? '' : ` until ${when(end)}`}`;
}

/** The same count with the feature as one more column to group by. */
function within(
  query: string,
  name: string,
  value: string | number | boolean | undefined,
  source: QuerySource,
): string {
  const column = source.column(name);
  return query
    .replace('SELECT', `SELECT feature,`)
    .replace('FROM (SELECT', `FROM (SELECT ${column} IS NOT DISTINCT FROM ${literal(value)} AS feature,`)
    .concat('\nGROUP BY feature');
}

/** Whether an explanation says no more than a group's mark already does. */
export function saidBy(split: Split, candidate: Candidate, fleet: Fleet): boolean {
  if (split.second !== undefined) return candidate === split.place || candidate === split.second;
  const names = namesOf(candidate.predicate);
  const values = valuesOf(candidate.predicate);
  const own = namesOf(split.place.predicate);
  if (names.some((name) => own.includes(name))) return true;
  if (
    names.some((name, i) =>
      split.groups.some(({ marks }) => marks.some((mark) => mark.dimension === name && mark.value === values[i])),
    )
  )
    return true;
  return (
    stratifiedLogP(tablesOfSides(sidesOf(candidate.predicate, fleet.episodes), givenPlace(split, candidate, fleet))) >
    LOG_LEFT
  );
}

/** What is less sure than this, given where one group is, follows from the split. */
const LOG_LEFT = Math.log(1e-4);

function givenPlace({ place }: Split, { subject }: Candidate, { episodes }: Fleet): Comparison {
  const { role } = againstAll(subject, episodes);
  const stratum = new Uint8Array(episodes);
  sidesOf(place.predicate, episodes).forEach((side, episode) => {
    if (side === UNKNOWN) role[episode] = LEFT_OUT;
    else if (side === INSIDE) stratum[episode] = 1;
  });
  return { subject, role, stratum, strata: 2 };
}

/** What a split is also seen as: the marks of its first group. */
export function alsoOfSplit({ groups, place }: Split): AlsoSeenAs[] {
  const own = namesOf(place.predicate);
  return (groups[0]?.marks ?? [])
    .filter(({ dimension }) => !own.includes(dimension))
    .map(({ dimension, value }) => ({ dimension, value }));
}
