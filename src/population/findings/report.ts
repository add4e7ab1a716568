import type { ColumnTable } from '../../shared/columnTable.js';
import type { HardwareSuspect, LabelCount, PopulationCounts, PopulationReport } from '../../shared/findings.js';
import { type Exposure, exposureOf } from '../exposure/exposure.js';
import { reportedExposure } from '../exposure/reportedExposure.js';
import { rateScan } from '../exposure/rateScan.js';
import { seededRandom } from '../statistics/random.js';
import { besideLoops, type CrashLoop, crashLoops } from './crashLoops.js';
import { explain, type Explanation } from './explain.js';
import { ALPHA, type Correction, correctionOf } from './family.js';
import { type Fleet, fleetOf, isTakenOut } from './fleet.js';
import { hardwareSuspects, type Suspect } from './hardware.js';
import { hiddenGroups } from './hiddenGroups.js';
import { askedOf } from './permutations.js';
import { namesOf } from './predicate.js';
import { ranked } from './ranking.js';
import { DEFAULT_SOURCE, type QuerySource } from './query.js';
import { count } from './sentence.js';
import { type Roles, rolesOf } from './roles.js';
import { ruledOut } from './ruledOut.js';

export interface PopulationOptions {
  /** Crashes of one signature on one node that follow within this many seconds are one episode. */
  readonly episodeGapSeconds?: number;
  /** The column that says which machine, where its name does not tell. */
  readonly node?: string;
  /** Where queries take the table from. */
  readonly source?: QuerySource;
  /** How much ran where. */
  readonly exposure?: { readonly table: ColumnTable; readonly unit?: string };
  /** Called now and then; may throw to stop. */
  readonly tick?: () => void;
}

export const DEFAULT_GAP_SECONDS = 3600;
const MOST_LABELS = 200;
/** Permutations are repeatable: the same table gives the same report. */
const SEED = 20_260_521;

/**
 * What a table of crashes says: findings with the best explanation first, what follows from them, what can be ruled out.
 *
 * @throws an ExposureProblem when the exposure table cannot be used
 */
export function populationReport(table: ColumnTable, options: PopulationOptions = {}): PopulationReport {
  const { episodeGapSeconds = DEFAULT_GAP_SECONDS, source = DEFAULT_SOURCE, tick = () => {} } = options;
  const roles = rolesOf(table, options.node);
  const fleet = fleetOf(table, roles, episodeGapSeconds * 1000);
  const correction = correctionOf(fleet);
  const asked = askedOf(fleet);
  const loops = crashLoops(fleet);
  const leftOut = [...fleet.echoes, ...besideLoops(fleet, loops)];
  const explanations = explain(fleet, correction, asked, seededRandom(SEED), tick, leftOut);
  const splits = hiddenGroups(fleet, asked, explanations);
  const exposure =
    options.exposure === undefined
      ? undefined
      : exposureOf(options.exposure.table, new Set(table.columns.map(({ name }) => name)), options.exposure.unit);
  const rates = exposure === undefined ? [] : rateScan(fleet, exposure);
  const suspects = hardwareSuspects(fleet, explanations);
  const { findings, explained } = ranked(
    { explanations, loops, splits, suspects, rates },
    fleet,
    correction,
    source,
    exposure,
  );
  return {
    schema: 1,
    counts: countsOf(table, fleet),
    findings,
    explained,
    notAssociated: notAssociated(fleet, correction, explanations, loops),
    method: {
      dimensions: fleet.dimensions.map(({ name }) => name),
      measures: fleet.measures.map(({ name }) => name),
      leftOut: roles.leftOut,
      ...(roles.node === undefined ? {} : { node: roles.node.name }),
      episodeGapSeconds,
      tests: correction.tests,
      permutations: 499,
      alpha: ALPHA,
    },
    hardwareSuspects: suspects.map(suspectOf),
    ...(exposure === undefined ? {} : { exposure: reportedExposure(exposure, fleet.dimensions) }),
    notes: [...takenOut(table, roles), ...notesOf(fleet, explanations, exposure)],
  };
}

function suspectOf({ dimension, code, cases, of, episodes, logP, logPAdjusted }: Suspect): HardwareSuspect {
  return {
    dimension: dimension.name,
    value: dimension.values[code] ?? '',
    cases,
    of,
    episodes,
    p: Math.max(Number.MIN_VALUE, Math.exp(logP)),
    pAdjusted: Math.max(Number.MIN_VALUE, Math.exp(logPAdjusted)),
  };
}

function notAssociated(
  fleet: Fleet,
  correction: Correction,
  explanations: readonly Explanation[],
  loops: readonly CrashLoop[],
) {
  const labels = fleet.subjects.filter(({ level }) => level === (fleet.roles.label === undefined ? 'kind' : 'label'));
  const rarer = labels.filter(({ episodes }) => episodes.length <= fleet.episodes / 2);
  const told = [...explanations.map(({ best }) => best.subject.label), ...loops.map((loop) => loop.subject.label)];
  const found = told.length === 0 ? undefined : labels.find(({ label }) => label === told[0]);
  const subject = found ?? rarer[0] ?? labels[0];
  if (subject === undefined) return [];
  const involved = new Set<string>();
  for (const { best, follows } of explanations)
    for (const { predicate } of [best, ...follows]) for (const name of namesOf(predicate)) involved.add(name);
  return ruledOut(fleet, correction, subject, involved);
}

function countsOf(table: ColumnTable, fleet: Fleet): PopulationCounts {
  let from = Infinity;
  let to = -Infinity;
  let withoutTime = 0;
  for (const row of fleet.crashes) {
    const at = fleet.roles.time?.values[row] ?? NaN;
    if (Number.isNaN(at)) withoutTime++;
    else {
      from = Math.min(from, at);
      to = Math.max(to, at);
    }
  }
  return {
    rows: table.rows,
    unreadable: fleet.unreadable,
    crashes: fleet.crashes.length,
    episodes: fleet.episodes,
    withoutTime,
    ...(from === Infinity ? {} : { from: new Date(from).toISOString(), to: new Date(to).toISOString() }),
    labels: labelCounts(fleet),
  };
}

/** All labels, rare ones too; kinds where there are no labels. */
function labelCounts(fleet: Fleet): LabelCount[] {
  const { label, kind } = fleet.roles;
  const column = label ?? kind;
  if (column === undefined) return [];
  const crashes = new Int32Array(column.values.length);
  const episodes = column.values.map(() => new Set<number>());
  fleet.crashes.forEach((row, crash) => {
    const code = column.codes[row] ?? -1;
    if (code < 0) return;
    crashes[code] = (crashes[code] ?? 0) + 1;
    episodes[code]?.add(fleet.episodeOf[crash] ?? 0);
  });
  return column.values
    .map((value, code) => ({
      [label === undefined ? 'kind' : 'label']: String(value),
      crashes: crashes[code] ?? 0,
      episodes: episodes[code]?.size ?? 0,
    }))
    .filter((entry) => entry.crashes > 0)
    .sort((a, b) => b.crashes - a.crashes)
    .slice(0, MOST_LABELS);
}

function takenOut(table: ColumnTable, roles: Roles): string[] {
  let rows = 0;
  for (let row = 0; row < table.rows; row++) if (isTakenOut(row, roles)) rows++;
  if (rows === 0) return [];
  return [
    rows === 1
      ? 'One row is a crash that another row tells of too, or was excluded by a rule: it counts nowhere.'
      : `${count(rows)} rows are crashes that other rows tell of too, or were excluded by a rule: they count nowhere.`,
  ];
}

function notesOf(fleet: Fleet, explanations: readonly Explanation[], exposure: Exposure | undefined): string[] {
  const notes: string[] = [
    exposure === undefined
      ? 'Shares of the crashes are compared, not rates: what is common here may simply run more. An exposure table (host-hours, requests) would tell.'
      : `Rates are per ${exposure.unit}, of which the exposure table has ${count(exposure.total)}.`,
  ];
  const kinds = new Set(
    explanations.filter(({ best }) => best.family === 'time').map(({ best }) => best.subject.label),
  );
  if (fleet.time === undefined) notes.push('No crash has a time: nothing can be said about when.');
  else {
    const steady = fleet.subjects
      .filter(({ level, label }) => level === 'label' && !kinds.has(label))
      .map(({ label = '' }) => label);
    if (steady.length > 0)
      notes.push(
        `No clear start or end${explanations.length > 0 ? ' beyond what follows from the findings' : ''}: ${steady.join(', ')}.`,
      );
  }
  if (fleet.roles.node === undefined)
    notes.push('No column says which machine (host, node...): every crash counts as an episode of its own.');
  if (fleet.subjects.length === 0)
    notes.push('All crashes have one label and one kind: there is nothing to compare them with.');
  return notes;
}
