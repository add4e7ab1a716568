import { join } from 'node:path';
import type { HuntedFailure } from '../session/hunt/huntedFailure.js';
import { escapeControls } from './output.js';

/** One failure in a line. */
export function failureLine({ number, group, folder, seconds, row }: HuntedFailure, out: string): string {
  const sure = row?.confidence === undefined ? '' : ` (${row.label ?? ''}, ${row.confidence.toFixed(2)})`;
  const where = folder === undefined ? 'not kept' : join(out, folder);
  return `${escapeControls(`failure ${number}, ${seconds.toFixed(1)} s: ${group}${sure}  ${where}`)}\n`;
}

/** How many of each group, the most frequent first. */
export function groupTable(groups: ReadonlyMap<string, number>, out: string): string {
  const lines = [...groups]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([group, count]) => `${String(count).padStart(6)}  ${escapeControls(group)}\n`);
  return `\nin ${escapeControls(out)}, by signature:\n${lines.join('')}`;
}
