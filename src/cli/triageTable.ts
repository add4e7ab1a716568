import type { TriageCounts } from '../session/triageCounts.js';
import type { CoreRow } from '../shared/report.js';
import { escapeControls } from './output.js';

/** How wide the table may be, and what its first column holds. */
export interface TableLayout {
  readonly paths: readonly string[];
  /** Columns of the terminal; `undefined` when the output goes elsewhere, where nothing is cut. */
  readonly width: number | undefined;
  readonly colour: boolean;
}

const LABEL = 18;
const KIND = 24;
const SURE = 6;
const SIGNAL = 9;

/** The lines of the table; what hangs on all paths, the shared folder and the widest name, is worked out once and not for each row. */
export function triageTable(layout: TableLayout): { header: () => string; row: (row: CoreRow) => string } {
  const folder = sharedFolder(layout.paths);
  const name = nameWidth(layout, folder);
  return {
    header: () =>
      `${'CORE'.padEnd(name)} ${'LABEL'.padEnd(LABEL)} ${'KIND'.padEnd(KIND)} ${'SURE'.padEnd(SURE)} ${'SIGNAL'.padEnd(SIGNAL)} WHERE\n`,
    row: (row) => tableRow(row, fit(shown(row.source, folder), name), layout),
  };
}

function tableRow(row: CoreRow, name: string, layout: TableLayout): string {
  if (row.status === 'unreadable')
    return cut(`${name} ${paint('unreadable', 'dim', layout).padEnd(LABEL)} ${row.problems[0]?.message ?? ''}`, layout);
  const shift = row.shift === undefined ? '' : ` ${row.shift > 0 ? '+' : ''}${row.shift}`;
  const label = paint((row.label ?? '').padEnd(LABEL), row.label === 'other' ? 'plain' : 'strong', layout);
  const kind = `${row.kind ?? ''}${shift}`.padEnd(KIND);
  const sure = (row.confidence?.toFixed(2) ?? '').padEnd(SURE);
  const partial = row.status === 'partial' ? ` (partial: ${row.problems[0]?.code ?? ''})` : '';
  return cut(
    `${name} ${label} ${kind} ${sure} ${(row.signal?.name ?? '-').padEnd(SIGNAL)} ${where(row)}${partial}`,
    layout,
  );
}

/** How many of each label and kind, the most frequent first. */
export function tableSummary(counts: TriageCounts): string {
  const lines = counts.sorted().map(([key, count]) => `${String(count).padStart(6)}  ${key}`);
  return `\n${counts.total} cores\n${lines.join('\n')}\n`;
}

/** The part of the signature after the kind: the functions. */
function where(row: CoreRow): string {
  return row.signature?.split(' | ').slice(1).join(' < ') ?? '';
}

function nameWidth(layout: TableLayout, folder: string): number {
  const longest = layout.paths.reduce((most, path) => Math.max(most, shown(path, folder).length), 4);
  return layout.width === undefined
    ? Math.min(longest, 60)
    : Math.min(longest, Math.max(16, Math.floor(layout.width / 3)));
}

/** A path without the folder that all share. */
function shown(path: string, folder: string): string {
  return escapeControls(path.startsWith(folder) ? path.slice(folder.length) : path);
}

function sharedFolder(paths: readonly string[]): string {
  const [first = ''] = paths;
  if (paths.length < 2) return first.slice(0, first.lastIndexOf('/') + 1);
  let end = first.lastIndexOf('/') + 1;
  while (end > 0 && !paths.every((path) => path.startsWith(first.slice(0, end))))
    end = first.lastIndexOf('/', end - 2) + 1;
  return first.slice(0, end);
}

/** Shortened in the middle, since both ends of a name tell. */
function fit(text: string, width: number): string {
  if (text.length <= width) return text.padEnd(width);
  const head = Math.ceil((width - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (width - 1 - head))}`;
}

function cut(line: string, layout: TableLayout): string {
  // Colour codes take no place on the screen.
  const room = layout.width === undefined ? Number.MAX_SAFE_INTEGER : layout.width + (layout.colour ? 9 : 0);
  return `${line.length > room ? `${line.slice(0, room - 1)}…` : line.trimEnd()}\n`;
}

function paint(text: string, style: 'plain' | 'strong' | 'dim', layout: TableLayout): string {
  if (!layout.colour || style === 'plain') return text;
  return `\x1b[${style === 'strong' ? '1' : '2'}m${text}\x1b[0m`;
}
