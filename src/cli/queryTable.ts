import { escapeControls } from './output.js';

type Cell = null | boolean | number | string;

/** Wider cells are cut: who wants them whole asks for JSON or CSV. */
const WIDEST = 60;

/** Rows in columns, numbers to the right. */
export function queryTable(names: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => row.map(cellText));
  const head = names.map((name) => cut(escapeControls(name)));
  const widths = head.map((name, index) =>
    texts.reduce((most, row) => Math.max(most, row[index]?.length ?? 0), name.length),
  );
  const right = head.map((_, index) => rows.length > 0 && rows.every((row) => isNumber(row[index])));
  const line = (cells: readonly string[]) =>
    `${cells
      .map((cell, index) =>
        right[index] === true ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd()}\n`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return `${line(head)}${rule}${texts.map(line).join('')}`;
}

function isNumber(cell: Cell | undefined): boolean {
  return typeof cell === 'number' || cell === null;
}

function cellText(cell: Cell): string {
  return cell === null ? '-' : cut(escapeControls(String(cell)));
}

function cut(text: string): string {
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}
