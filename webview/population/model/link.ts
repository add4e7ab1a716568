import type { Range, Selection, ValueChoice } from './selection.js';

/** What a shared link restores: the rows looked at, and how they are shown. */
export interface PageState {
  readonly selection: Selection;
  readonly view: View;
}

export interface View {
  /** Column the list is sorted by. */
  readonly sort?: { readonly column: string; readonly descending: boolean } | undefined;
  /** Columns of the list, where the reader chose them. */
  readonly columns?: readonly string[];
  /** The dimension of the matrix, and those of the map: what a square is, and what gathers squares. */
  readonly matrix?: string;
  readonly map?: string;
  readonly within?: string;
  /** What the reader put into the estimate, by the name of the field. */
  readonly estimate?: Readonly<Record<string, number>>;
}

/**
 * The state as the part of an address after `#`, readable and without anything that is as it would be anyway:
 * `is.host=a&not.kind=abort&in.time=2026-05-02T00:00:00.000Z..2026-05-03T00:00:00.000Z&find=text&sort=-time`.
 */
export function writeLink({ selection, view }: PageState): string {
  const link = new URLSearchParams();
  for (const [column, { texts, not }] of selection.values)
    for (const text of texts) link.append(`${not ? 'not' : 'is'}.${column}`, text);
  for (const [column, [from, to]] of selection.ranges)
    link.append(`in.${column}`, `${writeBound(column, from)}..${writeBound(column, to)}`);
  if (selection.text !== '') link.append('find', selection.text);
  if (view.sort) link.append('sort', `${view.sort.descending ? '-' : ''}${view.sort.column}`);
  for (const column of view.columns ?? []) link.append('column', column);
  if (view.matrix !== undefined) link.append('matrix', view.matrix);
  if (view.map !== undefined) link.append('map', view.map);
  if (view.within !== undefined) link.append('within', view.within);
  for (const [field, value] of Object.entries(view.estimate ?? {})) link.append(`estimate.${field}`, String(value));
  return link.toString();
}

/** Conditions and columns that a link may bring: more were not made here. */
const MOST = 1000;

/** Reads what `writeLink` wrote, and of anything else what it understands. */
export function readLink(text: string): PageState {
  const values = new Map<string, ValueChoice>();
  const ranges = new Map<string, Range>();
  const columns: string[] = [];
  const estimate: Record<string, number> = {};
  const one = new Map<string, string>();
  for (const [key, value] of [...new URLSearchParams(text)].slice(0, MOST)) {
    const dot = key.indexOf('.');
    const name = key.slice(dot + 1);
    const what = dot < 0 ? key : key.slice(0, dot);
    if (dot >= 0 && (what === 'is' || what === 'not')) {
      const before = values.get(name)?.texts ?? [];
      values.set(name, { texts: [...before, value], not: what === 'not' });
    } else if (dot >= 0 && what === 'in') {
      const range = readRange(name, value);
      if (range) ranges.set(name, range);
    } else if (what === 'estimate' && Number.isFinite(Number(value))) estimate[name] = Number(value);
    else if (key === 'column') columns.push(value);
    else one.set(key, value);
  }
  const sort = one.get('sort');
  const matrix = one.get('matrix');
  const map = one.get('map');
  const within = one.get('within');
  return {
    selection: { values, ranges, text: one.get('find') ?? '' },
    view: {
      ...(sort === undefined || sort === '' ? {} : { sort: readSort(sort) }),
      ...(columns.length === 0 ? {} : { columns }),
      ...(matrix === undefined ? {} : { matrix }),
      ...(map === undefined ? {} : { map }),
      ...(within === undefined ? {} : { within }),
      ...(Object.keys(estimate).length === 0 ? {} : { estimate }),
    },
  };
}

function readSort(text: string): NonNullable<View['sort']> {
  const descending = text.startsWith('-');
  return { column: descending ? text.slice(1) : text, descending };
}

function readRange(column: string, text: string): Range | undefined {
  const [from, to, more] = text.split('..');
  if (from === undefined || to === undefined || more !== undefined) return undefined;
  const range: Range = [readBound(column, from, -Infinity), readBound(column, to, Infinity)];
  return range.some(Number.isNaN) ? undefined : range;
}

function writeBound(column: string, value: number): string {
  if (!Number.isFinite(value)) return '';
  return column === 'time' ? new Date(value).toISOString() : String(value);
}

function readBound(column: string, text: string, open: number): number {
  if (text === '') return open;
  return column === 'time' ? Date.parse(text) : Number(text);
}
