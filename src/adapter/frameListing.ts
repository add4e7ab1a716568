import type { InstructionRow } from '../shared/queries.js';
import type { DebugTarget } from './debugTarget.js';
import { instructionText, symbolText } from './disassemble.js';
import { framePlace } from './framePlace.js';
import type { DeadThread } from './threads.js';

/** Lines of the listing above the frame's own instruction: always as many, so that its line is known before the listing is made. */
export const LINES_ABOVE = 30;
const ROWS_BELOW = 40;
/** Bytes of the longest instruction that are shown; longer ones are rare. */
const BYTES_WIDTH = 24;

/**
 * The code around a frame's instruction, with symbols and source lines between. Line `LINES_ABOVE` (from 0) is the instruction: the
 * call that the frame waits for, or the one that it was about to run.
 */
export async function frameListing(target: DebugTarget, thread: DeadThread, index: number): Promise<readonly string[]> {
  const row = await thread.frames.row(index);
  if (!row) return [];
  const place = await framePlace(thread, index);
  const { items, at, reason } = await target.core.ask('disassemble', {
    address: row.pc,
    before: LINES_ABOVE,
    count: ROWS_BELOW,
    ...place,
  });
  const marked = items.findIndex(({ current }) => current === true);
  const current = marked < 0 ? at : marked;
  const above = interleaved(items.slice(0, current), undefined);
  const own = items[current];
  const blank = Array.from({ length: Math.max(0, LINES_ABOVE - above.length) }, () => '');
  if (own === undefined) return [...blank.slice(0, LINES_ABOVE), `; ${reason ?? 'there is no code here'}`];
  // What comes between the rows counts as lines too: of those far above, some have to go.
  const heading = betweenRows(own, items[current - 1]);
  const before = [...blank, ...above, ...heading].slice(-LINES_ABOVE);
  return [...before, line(own, true), ...interleaved(items.slice(current + 1), own)];
}

function interleaved(rows: readonly InstructionRow[], before: InstructionRow | undefined): readonly string[] {
  return rows.flatMap((row, i) => [...betweenRows(row, rows[i - 1] ?? before), line(row, false)]);
}

/** The symbol where another begins, the source line where it changes. */
function betweenRows(row: InstructionRow, before: InstructionRow | undefined): readonly string[] {
  const symbol = row.symbol !== undefined && row.symbol !== before?.symbol ? ['', `<${symbolText(row)}>:`] : [];
  const moved = row.file !== undefined && (row.file !== before?.file || row.line !== before.line);
  return [...symbol, ...(moved ? [`; ${row.file}:${row.line ?? '?'}`] : [])];
}

function line(row: InstructionRow, isCurrent: boolean): string {
  const bytes = (row.bytes.match(/../g) ?? []).join(' ');
  const place = row.symbol === undefined ? '' : `<+${BigInt(row.offset ?? 0)}>`;
  return `${isCurrent ? '=>' : '  '} ${row.address} ${place.padEnd(8)} ${bytes.padEnd(BYTES_WIDTH)} ${instructionText(row)}`.trimEnd();
}
