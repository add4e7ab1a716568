import { DATASET_COLUMNS } from '../../shared/dataset.js';
import { toldBy } from './fillGaps.js';
import type { CategoryColumn, Column, ColumnTable, NumberColumn } from '../../shared/columnTable.js';
import { valueCounts } from './valueCounts.js';

/** What each column of a table is taken for. */
export interface Roles {
  readonly label: CategoryColumn | undefined;
  readonly kind: CategoryColumn | undefined;
  readonly signature: CategoryColumn | undefined;
  readonly time: NumberColumn | undefined;
  readonly status: CategoryColumn | undefined;
  /** Of a data set: rows that are another row's crash again, and rows that a rule took out of the count. */
  readonly duplicate?: CategoryColumn;
  readonly excludedBy?: CategoryColumn;
  /** Says which machine. */
  readonly node: CategoryColumn | undefined;
  readonly dimensions: readonly CategoryColumn[];
  readonly measures: readonly NumberColumn[];
  /** What the crash itself looks like: registers, stack words. No explanations, but marks of hidden groups. */
  readonly features: readonly CategoryColumn[];
  readonly leftOut: readonly { readonly column: string; readonly why: string }[];
}

/** Names for the machine, the likeliest first; the last part of a nested name counts too. */
const NODE_NAMES = [
  'host',
  'hostname',
  'node',
  'nodename',
  'nodeid',
  'hostid',
  'machine',
  'machineid',
  'instance',
  'instanceid',
  'server',
  'vm',
];

/** Columns that say what the crash was: a label cannot be explained by them. */
const NEVER = new Set(['label', 'kind', 'signature', 'signal', 'source', 'time']);

/** Fixed columns of a triaged row, in any spelling. They describe the crash, or the reading of it. */
const TRIAGED = new Set([
  ...['schema', 'size', 'bytesread', 'status', 'problems', 'format', 'confidence', 'shift', 'evidence', 'frames'],
  ...['stalesignalframes', 'timesource', 'sourcekind', 'rspmod16', 'address', 'addressclass', 'exception', 'thread'],
  ...[
    'processpid',
    'processargs',
    'pid',
    'tid',
    'faultaddress',
    'requests',
    'duplicateof',
    'excluded',
    'excludedby',
    'run',
  ],
]);

/** What the fixed columns of a data set are good for. */
const DATASET_ROLES: ReadonlyMap<string, string> = new Map(DATASET_COLUMNS.map(({ name, role }) => [name, role]));

/** Registers, stack words, frames, in the spellings of people who write fatal-signal handlers. */
const FEATURE =
  /(^|[._\s-])(r[abcd]x|r[sd]i|r[sb]p|r(8|9|1[0-5])|rip|eflags|rflags|regs?|registers?|red_?zone|frames?|slots?[._-]?\d+|top_?(function|frame)|fault_?addr(ess)?|si_?(code|addr)|rsp_?(mod)?[._-]?m?\d*|insn)([._\s:[+-]|$)|^(stack|slots?)[._]|^(shift|top|function)$|^\[?(rsp|rbp)[+-]/i;

/** Roles by name and content; `node` names the machine's column where its name does not tell. */
export function rolesOf(table: ColumnTable, node?: string): Roles {
  const triaged =
    table.columns.some(({ name }) => name === 'schema') && table.columns.some(({ name }) => name === 'source');
  const isDataset = table.columns.some(({ name }) => name === 'redzone_version');
  const dimensions: CategoryColumn[] = [];
  const measures: NumberColumn[] = [];
  const features: CategoryColumn[] = [];
  const leftOut: { column: string; why: string }[] = [];
  for (const column of table.columns) {
    const [top = ''] = column.name.split('.');
    if (NEVER.has(top.toLowerCase())) {
      if (top.toLowerCase() === 'signal' || top.toLowerCase() === 'source')
        leaveOut(column, 'says what the crash was, not where');
      continue;
    }
    const fixed = isDataset ? DATASET_ROLES.get(column.name) : undefined;
    if (fixed === 'identity' || fixed === 'detail') {
      leaveOut(column, 'describes the core, or the reading of it');
      continue;
    }
    if (
      fixed === 'verdict' ||
      FEATURE.test(column.name) ||
      (triaged && TRIAGED.has(plain(top))) ||
      (triaged && TRIAGED.has(plain(column.name)))
    ) {
      const feature = asCategory(column, table.rows);
      if (feature === undefined || nearlyUnique(feature)) leaveOut(column, 'describes the crash itself');
      else features.push(feature);
      continue;
    }
    const number = asMeasure(column);
    const code = number !== undefined && isCode(number, column.name);
    // Where one version stands among numbers says little: 5.4 came before 5.15.
    const measure = code && isVersionName(column.name) && number.values.some(hasFraction) ? undefined : number;
    if (measure !== undefined) measures.push(measure);
    const dimension = measure === undefined || code ? asCategory(column, table.rows) : undefined;
    if (dimension === undefined || nearlyUnique(dimension)) {
      if (measure === undefined) leaveOut(column, '(nearly) every row has a value of its own');
    } else if (dimension.values.length < 2) {
      leaveOut(column, 'all rows have the same value');
    } else dimensions.push(dimension);
  }
  const duplicate = isDataset ? text('duplicate') : undefined;
  const excludedBy = isDataset ? text('excluded_by') : undefined;
  return {
    ...(duplicate === undefined ? {} : { duplicate }),
    ...(excludedBy === undefined ? {} : { excludedBy }),
    label: text('label'),
    kind: text('kind'),
    signature: text('signature'),
    time: timeColumn(table),
    status: text('status'),
    node: nodeColumn(table, node) ?? (node === undefined ? tellingColumn(dimensions) : undefined),
    dimensions,
    measures: measures.filter((measure) => distinct(measure.values, 3) >= 3),
    features,
    leftOut,
  };

  function text(name: string): CategoryColumn | undefined {
    const column = table.columns.find((candidate) => candidate.name === name);
    return column === undefined ? undefined : asCategory(column, table.rows);
  }

  function leaveOut(column: Column, why: string): void {
    if (leftOut.length < 500) leftOut.push({ column: column.name, why });
  }
}

function timeColumn(table: ColumnTable): NumberColumn | undefined {
  return table.columns.find((column): column is NumberColumn => column.name === 'time' && column.type === 'number');
}

/** By name. */
function nodeColumn(table: ColumnTable, wanted: string | undefined): CategoryColumn | undefined {
  if (wanted !== undefined) {
    const column = table.columns.find(({ name }) => name === wanted);
    return column === undefined ? undefined : asCategory(column, table.rows);
  }
  for (const last of [false, true])
    for (const name of NODE_NAMES) {
      const column = table.columns.find(
        (candidate) => plain(last ? (candidate.name.split('.').at(-1) ?? '') : candidate.name) === name,
      );
      if (column !== undefined) return asCategory(column, table.rows);
    }
  return undefined;
}

/** Where no name tells: the finest column by which several others are told, as a machine tells its region, SKU and rack. */
function tellingColumn(dimensions: readonly CategoryColumn[]): CategoryColumn | undefined {
  const fine = dimensions
    .filter(({ values }) => values.length >= FEWEST_MACHINES)
    .sort((a, b) => b.values.length - a.values.length)
    .slice(0, MOST_TELLING);
  return fine.find(
    (column) =>
      dimensions.filter(
        (other) => other.values.length >= 3 && other.values.length < column.values.length && toldBy(column, other),
      ).length >= FEWEST_TOLD,
  );
}

const FEWEST_MACHINES = 8;
const MOST_TELLING = 5;
const FEWEST_TOLD = 2;

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Numbers, or texts that all are numbers and too many to be codes. */
function asMeasure(column: Column): NumberColumn | undefined {
  if (column.type === 'number') return column;
  const { values, codes, name } = column;
  if (values.length < 30) return undefined;
  const numbers = values.map((value) => (typeof value === 'boolean' ? NaN : Number(value)));
  if (!numbers.every((number) => Number.isFinite(number))) return undefined;
  const known = codes.reduce((count, code) => count + (code >= 0 ? 1 : 0), 0);
  if (values.length < known / 3) return undefined;
  return { type: 'number', name, values: Float64Array.from(codes, (code) => numbers[code] ?? NaN) };
}

/** Numbers that come back again and again may be codes: release 412, zone 3, kernel 6.1. */
function isCode({ values }: NumberColumn, name: string): boolean {
  const seen = new Set<number>();
  let known = 0;
  let whole = true;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    whole &&= !hasFraction(value);
    known++;
    seen.add(value);
    if (seen.size > (whole ? 20_000 : MOST_FRACTIONS)) return false;
  }
  if (whole) return seen.size * 3 <= known || seen.size <= 5;
  if (![...seen].every((value) => VERSION.test(String(value)))) return false;
  return isVersionName(name) ? seen.size * 3 <= known : seen.size * 10 <= known;
}

/** A column of fractions with more values than this is measured. */
const MOST_FRACTIONS = 40;
const VERSION = /^\d+(\.\d{1,2})?$/;

/** Columns whose numbers are names of what ran. */
function isVersionName(name: string): boolean {
  return /(^|[._\s-])(release|version|ver|kernel|build|firmware|microcode|bios|driver|image|os|distro|libc|glibc|runtime|compiler|jdk|python|node_?js)([._\s-]|$)/i.test(
    name,
  );
}

function hasFraction(value: number): boolean {
  return !Number.isNaN(value) && !Number.isInteger(value);
}

function asCategory(column: Column, rows: number): CategoryColumn | undefined {
  if (column.type === 'category') return column;
  const codeOf = new Map<number, number>();
  const codes = new Int32Array(rows).fill(-1);
  for (let row = 0; row < rows; row++) {
    const value = column.values[row] ?? NaN;
    if (Number.isNaN(value)) continue;
    let code = codeOf.get(value);
    if (code === undefined) {
      if (codeOf.size >= 100_000) return undefined;
      code = codeOf.size;
      codeOf.set(value, code);
    }
    codes[row] = code;
  }
  return { type: 'category', name: column.name, values: [...codeOf.keys()], codes };
}

/** A column whose values hardly ever come back identifies rows and explains nothing. */
function nearlyUnique(column: CategoryColumn): boolean {
  const { known, most } = valueCounts(column);
  return known === 0 || most < 3 || (known >= 10 && column.values.length >= 0.95 * known);
}

function distinct(values: Float64Array, enough: number): number {
  const seen = new Set<number>();
  for (const value of values) {
    if (!Number.isNaN(value)) seen.add(value);
    if (seen.size >= enough) break;
  }
  return seen.size;
}
