import type {
  DateSpan,
  DimensionValue,
  Finding,
  FindingClock,
  FindingForm,
  Question,
  Share,
} from '../../shared/findings.js';
import { WEEKDAYS } from '../../shared/hourOfWeek.js';
import type { TwoByTwo } from '../statistics/fisherExact.js';
import { oddsRatio } from '../statistics/oddsRatio.js';
import { rankTest } from '../statistics/rankTest.js';
import type { Exposure } from '../exposure/exposure.js';
import { ratesOf } from '../exposure/rates.js';
import type { Candidate } from './candidate.js';
import { againstAll } from './comparison.js';
import type { Fleet, Measure } from './fleet.js';
import { type ClockPredicate, INSIDE, OUTSIDE, type Predicate, sideOfRow, sidesOf } from './predicate.js';
import type { EdgeInterval } from './possibleEdges.js';
import { queryOf, type QuerySource } from './query.js';
import { gainOf, tablesOfSides } from './sideTables.js';
import { sentenceOf } from './sentence.js';
import type { Subject } from './subjects.js';

export type DraftFinding = Omit<Finding, 'rank' | 'alsoSeenAs'>;

/** When, within the place of a finding, its cases began or ended. */
export interface Period {
  readonly start?: string;
  readonly end?: string;
  readonly startBetween?: DateSpan;
  readonly endBetween?: DateSpan;
}

/** A candidate in words and numbers: counts of crashes, odds by episodes. */
export function draftOf(
  candidate: Candidate,
  logPAdjusted: number,
  fleet: Fleet,
  source: QuerySource,
  period: Period = {},
  exposure?: Exposure,
): DraftFinding {
  const { subject, predicate } = candidate;
  const { inside, outside } = countRows(fleet, subject, predicate);
  const comparison = againstAll(subject, fleet.episodes);
  const [table = EMPTY] = tablesOfSides(sidesOf(predicate, fleet.episodes), comparison);
  const odds = gainOf([table]) === 0 && table.inside === 0 ? undefined : oddsRatio(table);
  const pAdjusted = Math.max(Number.MIN_VALUE, Math.exp(Math.min(0, logPAdjusted)));
  const times =
    predicate.form === 'range' && predicate.measure === fleet.time ? timesOf(fleet, subject, predicate) : period;
  const rates = exposure === undefined ? undefined : ratesOf(subject, predicate, fleet, exposure);
  const form = formOf(candidate, fleet, inside, outside);
  const names = namesOf(predicate, fleet);
  const values = valuesOf(predicate);
  const [name = ''] = names;
  const [value = ''] = values;
  return {
    ...named(subject),
    question: questionOf(predicate, fleet),
    form,
    dimension: names.length > 1 ? names : name,
    value: values.length > 1 ? values : value,
    inside,
    outside,
    ...(odds === undefined || !Number.isFinite(odds.ratio)
      ? {}
      : { oddsRatio: odds.ratio, interval: [odds.low, Number.isFinite(odds.high) ? odds.high : null] as const }),
    ...(predicate.form === 'range' ? { effect: effectOf(subject, predicate.measure, fleet) } : {}),
    ...times,
    ...(predicate.form === 'clock' ? { clock: clockOf(predicate) } : {}),
    p: Math.max(Number.MIN_VALUE, Math.exp(Math.min(0, candidate.logP))),
    pAdjusted,
    episodes: table.casesInside,
    ...(rates === undefined ? {} : { rates }),
    text: sentenceOf({
      subject: named(subject),
      form,
      names,
      values,
      alternatives: predicate.form === 'value' ? predicate.dimension.values.length : 0,
      inside,
      outside,
      episodes: table.casesInside,
      unknown: Math.max(0, subject.rows.length - inside.cases - outside.cases),
      oddsRatio: odds?.ratio,
      interval: odds === undefined ? undefined : [odds.low, Number.isFinite(odds.high) ? odds.high : null],
      pAdjusted,
      start: times.start,
      end: times.end,
      startBetween: times.startBetween,
      endBetween: times.endBetween,
      rates,
    }),
    query: queryOf(subject, predicate, fleet.roles, source),
  };
}

const EMPTY: TwoByTwo = { casesInside: 0, inside: 0, casesOutside: 0, outside: 0 };

export function named({ label, kind, signature }: Subject): Pick<Subject, 'label' | 'kind' | 'signature'> {
  return {
    ...(label === undefined ? {} : { label }),
    ...(kind === undefined ? {} : { kind }),
    ...(signature === undefined ? {} : { signature }),
  };
}

function questionOf(predicate: Predicate, fleet: Fleet): Question {
  if (predicate.form === 'clock') return 'when';
  if (predicate.form !== 'range') return 'where';
  return predicate.measure === fleet.time ? 'when' : 'how-much';
}

function formOf({ predicate, excess }: Candidate, fleet: Fleet, inside: Share, outside: Share): FindingForm {
  if (predicate.form === 'pair') return 'interaction';
  if (predicate.form === 'clock') return 'rhythm';
  if (predicate.form === 'range') {
    if (predicate.measure !== fleet.time) return 'cut';
    if (predicate.high === Infinity) return 'start';
    return predicate.low === -Infinity ? 'end' : 'window';
  }
  if (!excess) return 'deficit';
  return inside.cases >= 0.8 * (inside.cases + outside.cases) ? 'dominance' : 'excess';
}

function namesOf(predicate: Predicate, fleet: Fleet): string[] {
  switch (predicate.form) {
    case 'value':
      return [predicate.dimension.name];
    case 'pair':
      return [predicate.first.dimension.name, predicate.second.dimension.name];
    case 'range':
      return [predicate.measure === fleet.time ? 'time' : predicate.measure.name];
    case 'clock':
      return ['time'];
  }
}

/** As the table has them; of a cut a text such as `< 6`. */
export function valuesOf(predicate: Predicate): DimensionValue[] {
  switch (predicate.form) {
    case 'value':
      return [predicate.dimension.values[predicate.code] ?? ''];
    case 'pair':
      return [...valuesOf(predicate.first), ...valuesOf(predicate.second)];
    case 'range': {
      const say = (edge: number) =>
        predicate.measure.name === 'time' ? new Date(Math.ceil(edge)).toISOString() : String(edge);
      const { low, high } = predicate;
      if (low === -Infinity) return [`< ${say(high)}`];
      return [high === Infinity ? `>= ${say(low)}` : `>= ${say(low)} and < ${say(high)}`];
    }
    case 'clock':
      return [clockText(predicate)];
  }
}

function clockOf({ period, from, to }: ClockPredicate): FindingClock {
  return { period, from, to };
}

/** `22:00 to 04:00 UTC every day`, or `Saturday to Sunday, UTC`. */
function clockText({ period, from, to }: ClockPredicate): string {
  if (period === 'day') return `${String(from).padStart(2, '0')}:00 to ${String(to).padStart(2, '0')}:00 UTC every day`;
  const day = (hour: number) => WEEKDAYS[Math.floor(hour / 24) % 7] ?? '';
  const last = (to + 167) % 168;
  return day(from) === day(last) ? `${day(from)}s, UTC` : `${day(from)} to ${day(last)} every week, UTC`;
}

function countRows(fleet: Fleet, subject: Subject, predicate: Predicate): { inside: Share; outside: Share } {
  let inside = 0;
  let outside = 0;
  for (const row of fleet.crashes) {
    const side = sideOfRow(predicate, row);
    if (side === INSIDE) inside++;
    else if (side === OUTSIDE) outside++;
  }
  let casesInside = 0;
  let casesOutside = 0;
  for (const row of subject.rows) {
    const side = sideOfRow(predicate, row);
    if (side === INSIDE) casesInside++;
    else if (side === OUTSIDE) casesOutside++;
  }
  return { inside: { cases: casesInside, of: inside }, outside: { cases: casesOutside, of: outside } };
}

/** The first and the last case inside, where the edge is not the end of the data, and between which dates the edge may lie. */
export function timesOf(fleet: Fleet, subject: Subject, predicate: Predicate): Period {
  if (predicate.form !== 'range') return {};
  let first = Infinity;
  let last = -Infinity;
  for (const row of subject.rows) {
    if (sideOfRow(predicate, row) !== INSIDE) continue;
    const at = fleet.roles.time?.values[row] ?? NaN;
    if (at < first) first = at;
    if (at > last) last = at;
  }
  if (first === Infinity) return {};
  const { low, high, lowBetween, highBetween } = predicate;
  return {
    ...(low === -Infinity ? {} : { start: iso(first) }),
    ...(high === Infinity ? {} : { end: iso(last) }),
    ...(lowBetween === undefined ? {} : { startBetween: dates(lowBetween) }),
    ...(highBetween === undefined ? {} : { endBetween: dates(highBetween) }),
  };
}

function dates([earliest, latest]: EdgeInterval): DateSpan {
  return [iso(earliest), iso(latest)];
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function effectOf(subject: Subject, measure: Measure, fleet: Fleet): number {
  const isCase = new Uint8Array(fleet.episodes);
  for (const episode of subject.episodes) isCase[episode] = 1;
  const cases = measure.values.filter((value, i) => isCase[i] === 1 && !Number.isNaN(value));
  const others = measure.values.filter((value, i) => isCase[i] === 0 && !Number.isNaN(value));
  return rankTest(cases, others).delta;
}
