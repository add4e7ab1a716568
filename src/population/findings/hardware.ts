import type { DimensionValue } from '../../shared/findings.js';
import { fisherLogP } from '../statistics/fisherExact.js';
import { stratifiedLogP } from '../statistics/stratifiedTest.js';
import { ALPHA, HARDWARE_WEIGHT } from './family.js';
import type { Explanation } from './explain.js';
import type { Dimension, Fleet } from './fleet.js';
import { machineDimensions } from './machines.js';
import { INSIDE, sidesOf, UNKNOWN } from './predicate.js';
import { tablesOfSides } from './scanPairs.js';
import type { Subject } from './subjects.js';

/** A machine whose crashes are of kinds that healthy hardware does not make, more than those of others. */
export interface Suspect {
  readonly dimension: Dimension;
  readonly code: number;
  /** Crashes of such kinds, of all crashes there, and of all elsewhere. */
  readonly cases: number;
  readonly of: number;
  readonly casesElsewhere: number;
  readonly ofElsewhere: number;
  readonly episodes: number;
  readonly logP: number;
  readonly logPAdjusted: number;
}

/** Kinds, or labels where there are no kinds, that a program seldom brings about by itself: a moved stack pointer, a flipped bit, a wild address. */
export const IMPOSSIBLE_SQL = {
  with: 'shift|misalign|bit[-_ ]?flip|wild|machine[-_ ]?check|corrupt(ed)?[-_ ]?register',
  /** Kinds that have one of these words and are a program's doing. */
  without: 'misaligned[-_ ]?access|heap',
} as const;
const IMPOSSIBLE = new RegExp(IMPOSSIBLE_SQL.with, 'i');
const ORDINARY = new RegExp(IMPOSSIBLE_SQL.without, 'i');

const FEWEST_CASES = 3;
/** What software explains is taken out before hardware is suspected: at most so many findings. */
const MOST_GIVEN = 4;

type Question = Pick<Suspect, 'dimension' | 'code' | 'episodes' | 'logP'>;

/**
 * Machines ranked by how unlikely their share of impossible kinds is; physical machines where one is the host of several nodes. What
 * findings explain that speak of no machine (a release that moves the stack pointer everywhere) counts within itself.
 */
export function hardwareSuspects(fleet: Fleet, explanations: readonly Explanation[]): Suspect[] {
  const role = impossibleEpisodes(fleet);
  if (role === undefined) return [];
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
  const comparison = { subject, role, stratum, strata: 1 << given.length };
  const found: Question[] = [];
  let questions = 0;
  for (const dimension of machines) {
    const counts = countsOf(dimension, role);
    counts.all.forEach((of, code) => {
      const cases = counts.cases[code] ?? 0;
      if (of >= FEWEST_CASES) questions++;
      if (cases < FEWEST_CASES) return;
      const table = {
        casesInside: cases,
        inside: of,
        casesOutside: counts.totalCases - cases,
        outside: counts.total - of,
      };
      if (cases * counts.total <= of * counts.totalCases) return;
      found.push({ dimension, code, episodes: cases, logP: fisherLogP(table) });
    });
  }
  const logFactor = Math.log(Math.max(1, questions)) - Math.log(HARDWARE_WEIGHT);
  const isSignificant = ({ logP }: { logP: number }) => logP + logFactor <= Math.log(ALPHA);
  const impossible = impossibleRows(fleet);
  const within = (suspect: Question): Question => {
    if (given.length === 0) return suspect;
    const sides = sidesOf({ form: 'value', dimension: suspect.dimension, code: suspect.code }, fleet.episodes);
    return { ...suspect, logP: Math.max(suspect.logP, stratifiedLogP(tablesOfSides(sides, comparison))) };
  };
  // Strata make nothing more significant, and take a look at every episode.
  const significant = found
    .filter(isSignificant)
    .map(within)
    .filter(isSignificant)
    .map((suspect) => ({
      ...suspect,
      ...rowsOf(fleet, impossible, suspect.dimension, suspect.code),
      logPAdjusted: Math.min(0, suspect.logP + logFactor),
    }));
  return once(
    fleet,
    impossible,
    significant.sort((a, b) => a.logP - b.logP || b.dimension.values.length - a.dimension.values.length),
  );
}

/** A node and the machine it runs on are suspect for the same crashes: the more suspect stands for both. */
function once(fleet: Fleet, impossible: Uint8Array, suspects: readonly Suspect[]): Suspect[] {
  const kept: Suspect[] = [];
  for (const suspect of suspects) {
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
function impossibleEpisodes(fleet: Fleet): Uint8Array | undefined {
  const role = new Uint8Array(fleet.episodes);
  const impossible = impossibleRows(fleet);
  let cases = 0;
  fleet.crashes.forEach((row, crash) => {
    const episode = fleet.episodeOf[crash] ?? 0;
    if (role[episode] === 1 || impossible[row] !== 1) return;
    role[episode] = 1;
    cases++;
  });
  return cases === 0 || cases === fleet.episodes ? undefined : role;
}

/** By row of the table, 1 where the crash is of a kind that healthy hardware does not make. */
export function impossibleRows({ crashes, roles: { kind, label } }: Fleet): Uint8Array {
  const kinds = (kind?.values ?? []).map(isImpossible);
  const labels = (label?.values ?? []).map(isImpossible);
  const impossible = new Uint8Array((kind ?? label)?.codes.length ?? 0);
  for (const row of crashes) {
    const code = kind?.codes[row] ?? -1;
    const is = code >= 0 && kind?.values[code] !== '' ? kinds[code] : labels[label?.codes[row] ?? -1];
    if (is === true) impossible[row] = 1;
  }
  return impossible;
}

function isImpossible(said: DimensionValue): boolean {
  return IMPOSSIBLE.test(String(said)) && !ORDINARY.test(String(said));
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
  impossible: Uint8Array,
  { column }: Dimension,
  code: number,
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
