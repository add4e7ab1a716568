import { fisherLogP } from '../statistics/fisherExact.js';
import { stratifiedLogP } from '../statistics/stratifiedTest.js';
import { ALPHA, HARDWARE_WEIGHT } from './family.js';
import type { Explanation } from './explain.js';
import type { Dimension, Fleet } from './fleet.js';
import { IMPOSSIBLE_KINDS, type ImpossibleKinds, impossibleRows } from './impossibleKinds.js';
import { machineDimensions } from './machines.js';
import { INSIDE, sidesOf, UNKNOWN } from './predicate.js';
import { tablesOfSides } from './sideTables.js';
import type { Subject } from './subjects.js';

/** A machine whose crashes are of kinds that healthy hardware does not make, more than those of others. */
export interface Suspect {
  readonly dimension: Dimension;
  readonly code: number;
  readonly kinds: ImpossibleKinds;
  /** By row of the table, 1 where the crash is of these kinds. */
  readonly impossible: Uint8Array;
  /** Crashes of these kinds, of all crashes there, and of all elsewhere. */
  readonly cases: number;
  readonly of: number;
  readonly casesElsewhere: number;
  readonly ofElsewhere: number;
  readonly episodes: number;
  readonly logP: number;
  readonly logPAdjusted: number;
}

const FEWEST_CASES = 3;
/** What software explains is taken out before hardware is suspected: at most so many findings. */
const MOST_GIVEN = 4;

type Question = Pick<Suspect, 'dimension' | 'code' | 'kinds' | 'impossible' | 'episodes' | 'logP'>;

/**
 * Machines ranked by how unlikely their share of impossible kinds is; physical machines where one is the host of several nodes. What
 * findings explain that speak of no machine (a release that moves the stack pointer everywhere) counts within itself.
 */
export function hardwareSuspects(fleet: Fleet, explanations: readonly Explanation[]): Suspect[] {
  const asked = questionsOf(fleet, explanations);
  const logFactor = Math.log(Math.max(1, sum(asked.map(({ count }) => count)))) - Math.log(HARDWARE_WEIGHT);
  const isSignificant = ({ logP }: { logP: number }) => logP + logFactor <= Math.log(ALPHA);
  // Strata make nothing more significant, and take a look at every episode.
  const significant = asked
    .flatMap(({ found, within }) => found.filter(isSignificant).map(within))
    .filter(isSignificant)
    .map((suspect) => ({
      ...suspect,
      ...rowsOf(fleet, suspect),
      logPAdjusted: Math.min(0, suspect.logP + logFactor),
    }));
  return once(
    fleet,
    significant.sort((a, b) => a.logP - b.logP || b.dimension.values.length - a.dimension.values.length),
  );
}

interface Asked {
  /** How many machines were asked about. */
  readonly count: number;
  readonly found: readonly Question[];
  /** The same question within what findings explain that speak of no machine. */
  readonly within: (question: Question) => Question;
}

/** For each set of kinds, the machines that have more of them than others. */
function questionsOf(fleet: Fleet, explanations: readonly Explanation[]): Asked[] {
  const machines = machineDimensions(fleet);
  const isMachine = new Set(machines.map(({ name }) => name));
  const given = explanations
    .map(({ best }) => best)
    .filter(({ predicate }) => predicate.form !== 'value' || !isMachine.has(predicate.dimension.name))
    .slice(0, MOST_GIVEN);
  const stratum = new Uint8Array(fleet.episodes);
  given.forEach(({ predicate }, index) => {
    sidesOf(predicate, fleet.episodes).forEach((side, i) => {
      if (side === INSIDE || side === UNKNOWN) stratum[i] = (stratum[i] ?? 0) | (1 << index);
    });
  });
  const subject: Subject = { level: 'kind', episodes: new Int32Array(), rows: new Int32Array() };
  const seen = new Set<number>();
  return IMPOSSIBLE_KINDS.flatMap((kinds) => {
    const impossible = impossibleRows(fleet, kinds);
    const role = impossibleEpisodes(fleet, impossible);
    const cases = sum(impossible);
    // The narrower kinds are not asked about again where they are all there are.
    if (role === undefined || seen.has(cases)) return [];
    seen.add(cases);
    const comparison = { subject, role, stratum, strata: 1 << given.length };
    const within = (question: Question): Question => {
      if (given.length === 0) return question;
      const sides = sidesOf({ form: 'value', dimension: question.dimension, code: question.code }, fleet.episodes);
      return { ...question, logP: Math.max(question.logP, stratifiedLogP(tablesOfSides(sides, comparison))) };
    };
    const asked = machines.map((dimension) => askedOf(dimension, role, { kinds, impossible }));
    return [{ count: sum(asked.map(({ count }) => count)), found: asked.flatMap(({ found }) => found), within }];
  });
}

function askedOf(
  dimension: Dimension,
  role: Uint8Array,
  cases: Pick<Suspect, 'kinds' | 'impossible'>,
): Omit<Asked, 'within'> {
  const counts = countsOf(dimension, role);
  const found: Question[] = [];
  let count = 0;
  counts.all.forEach((of, code) => {
    const inside = counts.cases[code] ?? 0;
    if (of >= FEWEST_CASES) count++;
    if (inside < FEWEST_CASES) return;
    const table = {
      casesInside: inside,
      inside: of,
      casesOutside: counts.totalCases - inside,
      outside: counts.total - of,
    };
    if (inside * counts.total <= of * counts.totalCases) return;
    found.push({ dimension, code, ...cases, episodes: inside, logP: fisherLogP(table) });
  });
  return { count, found };
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

/** A node and the machine it runs on are suspect for the same crashes: the more suspect stands for both. */
function once(fleet: Fleet, suspects: readonly Suspect[]): Suspect[] {
  const kept: Suspect[] = [];
  for (const suspect of suspects) {
    const { impossible } = suspect;
    const { column } = suspect.dimension;
    let said = 0;
    for (const row of fleet.crashes)
      if (
        column.codes[row] === suspect.code &&
        impossible[row] === 1 &&
        kept.some(({ dimension, code }) => dimension.column.codes[row] === code)
      )
        said++;
    if (said <= suspect.cases / 2) kept.push(suspect);
  }
  return kept;
}

/** By episode 1 for impossible kinds, 0 for others, as the roles of a comparison are; undefined where nothing or all of it is impossible. */
function impossibleEpisodes(fleet: Fleet, impossible: Uint8Array): Uint8Array | undefined {
  const role = new Uint8Array(fleet.episodes);
  fleet.crashes.forEach((row, crash) => {
    if (impossible[row] === 1) role[fleet.episodeOf[crash] ?? 0] = 1;
  });
  const cases = sum(role);
  return cases === 0 || cases === fleet.episodes ? undefined : role;
}

function countsOf({ codes, values }: Dimension, role: Uint8Array) {
  const all = new Int32Array(values.length);
  const cases = new Int32Array(values.length);
  let total = 0;
  let totalCases = 0;
  codes.forEach((code, episode) => {
    if (code < 0) return;
    const is = role[episode] ?? 0;
    all[code] = (all[code] ?? 0) + 1;
    cases[code] = (cases[code] ?? 0) + is;
    total++;
    totalCases += is;
  });
  return { all, cases, total, totalCases };
}

function rowsOf(
  fleet: Fleet,
  { dimension: { column }, code, impossible }: Question,
): Pick<Suspect, 'cases' | 'of' | 'casesElsewhere' | 'ofElsewhere'> {
  let cases = 0;
  let of = 0;
  let casesElsewhere = 0;
  let ofElsewhere = 0;
  for (const row of fleet.crashes) {
    const at = column.codes[row] ?? -1;
    if (at < 0) continue;
    const is = impossible[row] ?? 0;
    if (at === code) {
      of++;
      cases += is;
    } else {
      ofElsewhere++;
      casesElsewhere += is;
    }
  }
  return { cases, of, casesElsewhere, ofElsewhere };
}
