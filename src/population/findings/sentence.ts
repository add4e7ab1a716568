import { conditionText } from '../../shared/conditionText.js';
import { likelihoodText } from '../../shared/likelihoodText.js';
import type {
  AlsoSeenAs,
  DateSpan,
  DimensionValue,
  FindingForm,
  FindingSubject,
  Rate,
  Rates,
  RivalExplanation,
  Share,
} from '../../shared/findings.js';

/** What a sentence is made of. */
export interface Facts {
  readonly subject: FindingSubject;
  readonly form: FindingForm;
  readonly names: readonly string[];
  readonly values: readonly DimensionValue[];
  /** Values that the (single) dimension has. */
  readonly alternatives: number;
  readonly inside: Share;
  readonly outside: Share;
  readonly episodes: number;
  /** The subject's crashes of which it is not known. */
  readonly unknown: number;
  readonly oddsRatio: number | undefined;
  /** 95 %, of the odds ratio. */
  readonly interval?: readonly [low: number, high: number | null] | undefined;
  readonly pAdjusted: number;
  readonly start: string | undefined;
  readonly end: string | undefined;
  readonly startBetween?: DateSpan | undefined;
  readonly endBetween?: DateSpan | undefined;
  readonly rates?: Rates | undefined;
}

/** One sentence or two with the numbers in it. */
export function sentenceOf(facts: Facts): string {
  const what = subjectName(facts.subject);
  const { inside, outside } = facts;
  const all = inside.cases + outside.cases;
  const rates = `${share(inside)} there, ${share(outside)} elsewhere`;
  const tail = `${odds(facts)}${episodes(facts)}${ratesText(facts)}; ${pText(facts.pAdjusted)}.${unknown(facts)}`;
  switch (facts.form) {
    case 'start':
    case 'end':
    case 'window':
      return `${capital(what)} ${period(facts)}: ${share(inside)} crashes then, ${share(outside)} otherwise${tail}`;
    case 'cut': {
      const where = `where ${facts.names[0] ?? ''} is ${String(facts.values[0] ?? '')}`;
      const only =
        outside.cases === 0
          ? `All ${count(all)} ${what} crashes are ${where}, never otherwise`
          : `${count(inside.cases)} of ${count(all)} ${what} crashes are ${where}`;
      return `${only}: ${rates}${tail}`;
    }
    case 'deficit':
      return `${inside.cases === 0 ? 'None' : `Only ${count(inside.cases)}`} of ${count(all)} ${what} crashes ${inside.cases === 1 ? 'is' : 'are'} at ${place(facts)}: ${rates}${tail}`;
    case 'interaction':
      return `${count(inside.cases)} of ${count(all)} ${what} crashes have ${place(facts)} together, neither alone does it: ${rates}${tail}`;
    case 'rhythm':
      return `${count(inside.cases)} of ${count(all)} ${what} crashes come from ${String(facts.values[0] ?? '')}: ${share(inside)} crashes then, ${share(outside)} otherwise${tail}`;
    case 'dominance':
    case 'excess':
    case 'loop':
    case 'groups': {
      const of = facts.alternatives > 2 ? `, one of ${count(facts.alternatives)}` : '';
      return `${count(inside.cases)} of ${count(all)} ${what} crashes are at ${place(facts)}${of}${since(facts)}: ${rates}${tail}`;
    }
  }
}

export function subjectName({ label, kind, signature }: FindingSubject): string {
  if (signature !== undefined) return `"${signature}"`;
  return kind === undefined ? (label ?? '') : label === undefined ? kind : `${kind} (${label})`;
}

export function share({ cases, of }: Share): string {
  return `${count(cases)} of ${count(of)}${of > 0 ? ` (${percent(cases / of)})` : ''}`;
}

export function percent(part: number): string {
  const value = part * 100;
  if (value === 0 || value === 100) return `${value} %`;
  return `${value < 1 ? value.toPrecision(1) : value > 99 ? value.toFixed(1) : value < 10 ? value.toFixed(1) : value.toFixed(0)} %`;
}

export function count(n: number): string {
  return Math.round(n)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

export function pText(p: number): string {
  if (p >= 0.001) return `p = ${p.toPrecision(2)}`;
  const exponent = Math.ceil(Math.log10(Math.max(p, Number.MIN_VALUE)));
  return p <= 1e-300 ? 'p < 1e-300' : `p < 1e${exponent}`;
}

/** `2 May 2026, 14:00` UTC. */
export function when(iso: string): string {
  const date = new Date(iso);
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][
    date.getUTCMonth()
  ];
  const clock = iso.slice(11, 16);
  return `${date.getUTCDate()} ${month ?? ''} ${date.getUTCFullYear()}, ${clock} UTC`;
}

function place({ names, values }: Facts): string {
  return names.map((name, i) => `${name} = ${String(values[i] ?? '')}`).join(' and ');
}

/** `Nearly as good an explanation: kernel = 6.1.2 (3 times less likely); release = 4.1 (as likely). The data cannot rule them out.` */
export function rivalText(rivals: readonly RivalExplanation[]): string {
  const said = rivals.map((rival) => `${inWords(rival)} (${likelihoodText(rival.bits)})`);
  return `Nearly as good an explanation: ${said.join('; ')}. The data cannot rule ${rivals.length === 1 ? 'it' : 'them'} out.`;
}

/** `The same crashes, give or take one in fifty, are at dc = syd; cpu = EPYC: the data cannot tell which it is.` */
export function sameText(same: readonly AlsoSeenAs[]): string {
  return `The same crashes, give or take one in fifty, are at ${same.map(inWords).join('; ')}: the data cannot tell which it is.`;
}

/** `dc = syd and cpu = EPYC`; of a cut or a time `node_age_h < 6`. */
function inWords({ dimension, value }: AlsoSeenAs): string {
  const list = <T>(one: T | readonly T[]): readonly T[] => (Array.isArray(one) ? (one as readonly T[]) : [one as T]);
  const values = list(value);
  return list(dimension)
    .map((name, i) => conditionText(name, values[i] ?? ''))
    .join(' and ');
}

/** `; 1.2 per 1,000 host_hours there, 0.04 elsewhere: 30 times (18 to 51)`. */
function ratesText({ rates }: Facts): string {
  if (rates === undefined) return '';
  const { inside, outside, unit, ratio, interval } = rates;
  const most = Math.max(inside.crashes / inside.exposure, outside.crashes / outside.exposure);
  // A unit in which the larger rate is a number above 1.
  const scale = most > 0 ? 10 ** Math.max(0, Math.ceil(-Math.log10(most))) : 1;
  const rate = ({ crashes, exposure }: Rate) => number((crashes / exposure) * scale);
  const range =
    interval === undefined
      ? ''
      : ` (${number(interval[0])} to ${interval[1] === null ? 'any number' : number(interval[1])})`;
  const times = ratio === undefined ? '' : `, ${number(ratio)} times${range}`;
  return `; ${rate(inside)} per ${scale === 1 ? '' : `${count(scale)} `}${unit} there, ${rate(outside)} elsewhere${times}`;
}

function number(value: number): string {
  return value >= 100 ? count(value) : String(Number(value.toPrecision(2)));
}

function period({ form, start, end, startBetween, endBetween, outside }: Facts): string {
  const begins = start === undefined ? '' : when(start);
  const ends = end === undefined ? '' : when(end);
  const clear = outside.cases === 0;
  const [since, until] = [between(startBetween), between(endBetween)];
  if (form === 'start')
    return `${clear ? `began on ${begins}, never before` : `became more frequent from ${begins} on`}${since}`;
  if (form === 'end') return `${clear ? `ended on ${ends}` : `became rarer after ${ends}`}${until}`;
  return `${clear ? 'happened' : 'was more frequent'} from ${begins}${since} to ${ends}${until}${clear ? ' only' : ''}`;
}

/** How exactly a change is dated; not said where it is to the hour. Without a colon and a space: pages show a sentence up to that as a heading. */
function between(dates: DateSpan | undefined): string {
  if (dates === undefined) return '';
  const [earliest, latest] = dates;
  if (Date.parse(latest) - Date.parse(earliest) < EXACT) return '';
  return ` (between ${briefly(earliest)} and ${briefly(latest)}, at 95 %)`;
}

const EXACT = 3_600_000;

/** Without the year and UTC, which the date beside it has. */
function briefly(iso: string): string {
  return when(iso)
    .replace(/ \d{4}, /, ', ')
    .replace(/ UTC$/, '');
}

function since({ start, end }: Facts): string {
  return `${start === undefined ? '' : `, since ${when(start)}`}${end === undefined ? '' : `, until ${when(end)}`}`;
}

function odds({ oddsRatio, interval }: Facts): string {
  if (oddsRatio === undefined) return '';
  const range =
    interval === undefined
      ? ''
      : interval[1] === null
        ? ` (at least ${number(interval[0])})`
        : ` (${number(interval[0])} to ${number(interval[1])})`;
  return `, odds ratio ${number(oddsRatio)}${range}`;
}

function episodes({ episodes: n, inside }: Facts): string {
  return n === inside.cases ? '' : ` (${count(n)} ${n === 1 ? 'episode' : 'episodes'})`;
}

function unknown({ unknown: n, subject }: Facts): string {
  if (n === 0) return '';
  return ` Of ${count(n)} more ${subjectName(subject)} ${n === 1 ? 'crash' : 'crashes'} it is not known.`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
