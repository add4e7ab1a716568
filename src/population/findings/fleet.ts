import type { CategoryColumn, ColumnTable, NumberColumn } from '../../shared/columnTable.js';
import type { DimensionValue } from '../../shared/findings.js';
import { echoesOf } from './echoes.js';
import { episodesOf } from './episodes.js';
import { fillBetween } from './fillBetween.js';
import { type Filled, fillGaps } from './fillGaps.js';
import { jointCodes } from './jointCodes.js';
import type { Roles } from './roles.js';
import { agreementOf } from './sameCrash.js';
import { joinStrays } from './strays.js';
import { type Subject, subjectsOf } from './subjects.js';

/** The crashes of a table, and the episodes that the statistics count. */
export interface Fleet {
  /** Rows of the table that are crashes. */
  readonly crashes: Int32Array;
  /** For each of them its episode. */
  readonly episodeOf: Int32Array;
  readonly episodes: number;
  /** Crashes of each episode. */
  readonly weights: Int32Array;
  /** Episodes that another crash on the same machine brought with it: in no comparison. */
  readonly echoes: readonly number[];
  readonly unreadable: number;
  readonly subjects: readonly Subject[];
  readonly dimensions: readonly Dimension[];
  readonly measures: readonly Measure[];
  readonly features: readonly Dimension[];
  /** Of each episode, in milliseconds; undefined when no crash has one. */
  readonly time: Measure | undefined;
  readonly roles: Roles;
}

/** A categorical column over episodes. */
export interface Dimension {
  readonly name: string;
  readonly values: readonly DimensionValue[];
  /** By episode; -1 where unknown. */
  readonly codes: Int32Array;
  /** The column it was made of, by row of the table. */
  readonly column: CategoryColumn;
}

/** A numeric column over episodes. */
export interface Measure {
  readonly name: string;
  /** By episode; NaN where unknown. */
  readonly values: Float64Array;
  readonly column: NumberColumn;
}

/** Crashes with a label or a kind, as episodes. `gap` in milliseconds. */
export function fleetOf(table: ColumnTable, roles: Roles, gap: number): Fleet {
  const crashes = crashRows(table, roles);
  const key =
    roles.node === undefined ? new Int32Array(crashes.length).fill(-1) : episodeKeys(crashes, roles, roles.node);
  const filled = filledColumns(roles);
  const time = Float64Array.from(crashes, (row) => roles.time?.values[row] ?? NaN);
  const node = (crash: number) => roles.node?.codes[crashes[crash] ?? 0] ?? -1;
  const order = byNodeAndTime(node, time);
  const agreement = agreementOf(filled.columns, crashes, key, node, order);
  const alone = episodesOf(key, time, gap, node, agreement);
  const isStray = (crash: number) => (key[crash] ?? -1) < 0;
  if (roles.node !== undefined)
    joinStrays(alone.of, episodeKeys(crashes, roles, undefined), isStray, time, gap, crashes, filled.told);
  const { count, of } = renumbered(alone.of);
  const weights = new Int32Array(count);
  for (const episode of of) weights[episode] = (weights[episode] ?? 0) + 1;
  const category = (column: CategoryColumn): Dimension => ({
    name: column.name,
    values: column.values,
    codes: firstKnownCode(column, crashes, of, count),
    // What is shown is counted as the table has it, gaps and all.
    column: roles.dimensions.find(({ name }) => name === column.name) ?? column,
  });
  const number = (column: NumberColumn): Measure => ({
    name: column.name,
    values: firstKnownNumber(column, crashes, of, count),
    column,
  });
  const timed = roles.time === undefined ? undefined : number(roles.time);
  return {
    crashes,
    episodeOf: of,
    episodes: count,
    weights,
    echoes: echoesOf(of, key, node, order, time, gap, agreement),
    unreadable: table.rows - crashes.length,
    subjects: subjectsOf(roles, crashes, of, count),
    dimensions: filled.columns.map(category),
    measures: roles.measures.map(number),
    features: roles.features.map(category),
    time: timed?.values.some((at) => !Number.isNaN(at)) === true ? timed : undefined,
    roles,
  };
}

/** Gaps filled by what tells a column, and by what was there before and after. */
function filledColumns({ dimensions, node, time }: Roles): Filled {
  const { columns, told } = fillGaps(dimensions, node);
  if (time === undefined || node === undefined) return { columns, told };
  const coarser = [...told].sort((a, b) => b.values.length - a.values.length);
  return { columns: fillBetween(columns, [node, ...coarser], time.values), told };
}

/** Crashes with a known node and time. */
function byNodeAndTime(node: (crash: number) => number, time: Float64Array): Uint32Array {
  const nodes = Int32Array.from(time, (_, crash) => node(crash));
  const order = Uint32Array.from(time, (_, crash) => crash).filter(
    (crash) => (nodes[crash] ?? -1) >= 0 && !Number.isNaN(time[crash] ?? NaN),
  );
  return order.sort((a, b) => (nodes[a] ?? 0) - (nodes[b] ?? 0) || (time[a] ?? 0) - (time[b] ?? 0));
}

function crashRows(table: ColumnTable, roles: Roles): Int32Array {
  const { label, kind, status } = roles;
  const unreadable = status?.values.indexOf('unreadable') ?? -1;
  const rows: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    if (unreadable >= 0 && status?.codes[row] === unreadable) continue;
    if (isTakenOut(row, roles)) continue;
    if ((label?.codes[row] ?? -1) >= 0 || (kind?.codes[row] ?? -1) >= 0) rows.push(row);
  }
  return Int32Array.from(rows);
}

/** Whether a row of a data set is not to be counted: another row is the same crash, or a rule excluded it. */
export function isTakenOut(row: number, { duplicate, excludedBy }: Roles): boolean {
  return (excludedBy?.codes[row] ?? -1) >= 0 || duplicate?.values[duplicate.codes[row] ?? -1] === true;
}

/** Label, kind and signature (signatures never merge across labels), and the node; -1 where that is unknown. */
function episodeKeys(
  crashes: Int32Array,
  { label, kind, signature }: Roles,
  node: CategoryColumn | undefined,
): Int32Array {
  const keys = jointCodes([node, label, kind, signature], crashes);
  if (node !== undefined)
    crashes.forEach((row, crash) => {
      if ((node.codes[row] ?? -1) < 0) keys[crash] = -1;
    });
  return keys;
}

/** Episodes that lost their crashes to others leave no gaps in the numbers. */
function renumbered(of: Int32Array): { count: number; of: Int32Array } {
  const numberOf = new Int32Array(of.length).fill(-1);
  let count = 0;
  const renamed = of.map((episode) => {
    if (numberOf[episode] === -1) numberOf[episode] = count++;
    return numberOf[episode] ?? 0;
  });
  return { count, of: renamed };
}

function firstKnownCode(column: CategoryColumn, crashes: Int32Array, of: Int32Array, count: number): Int32Array {
  const codes = new Int32Array(count).fill(-1);
  for (let crash = 0; crash < crashes.length; crash++) {
    const episode = of[crash] ?? 0;
    if (codes[episode] === -1) codes[episode] = column.codes[crashes[crash] ?? 0] ?? -1;
  }
  return codes;
}

function firstKnownNumber(column: NumberColumn, crashes: Int32Array, of: Int32Array, count: number): Float64Array {
  const values = new Float64Array(count).fill(NaN);
  for (let crash = 0; crash < crashes.length; crash++) {
    const episode = of[crash] ?? 0;
    if (Number.isNaN(values[episode] ?? NaN)) values[episode] = column.values[crashes[crash] ?? 0] ?? NaN;
  }
  return values;
}
