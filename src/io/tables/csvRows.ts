import { setImmediate as nextTurn } from 'node:timers/promises';
import { TableError, type TableProblems, type TableSink } from './tableSink.js';
import { textPieces } from './textLines.js';

const LONGEST_FIELD = 16 << 20;

/** Reads CSV as RFC 4180 has it, a line of names first. Numbers become numbers, unless they are codes with leading zeros. */
export async function readCsv(
  path: string,
  separator: string,
  sink: TableSink,
  stopped: () => boolean,
  verbatim = false,
): Promise<TableProblems> {
  let names: string[] | undefined;
  let record: string[] = [];
  let field = '';
  let quoted = false;
  let quoteSeen = false;
  let line = 1;
  let badLines = 0;
  let first: string | undefined;
  for (const piece of textPieces(path)) {
    if (stopped()) break;
    takePiece(piece);
    if (field.length > LONGEST_FIELD) throw new TableError(`its field at line ${line} does not end`);
    await nextTurn();
  }
  if (field !== '' || record.length > 0) endRecord();
  if (names === undefined) throw new TableError('it is empty');
  return { badLines, ...(first === undefined ? {} : { first }) };

  function takePiece(text: string): void {
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const character = text[at];
      if (character === '"') {
        field += text.slice(from, at);
        from = at + 1;
        if (!quoted) {
          // A doubled quote inside quotes is one.
          if (quoteSeen) field += '"';
          quoted = true;
        } else quoted = false;
        quoteSeen = !quoted;
        continue;
      }
      quoteSeen = false;
      if (quoted) continue;
      if (character === separator || character === '\n') {
        field += text.slice(from, at);
        from = at + 1;
        endField();
        if (character === '\n') endRecord();
      }
    }
    field += text.slice(from);
  }

  function endField(): void {
    record.push(field.endsWith('\r') ? field.slice(0, -1) : field);
    field = '';
  }

  function endRecord(): void {
    if (field !== '') endField();
    line++;
    const cells = record;
    record = [];
    if (cells.length === 0 || (cells.length === 1 && cells[0] === '')) return;
    if (names === undefined) {
      names = cells;
      return;
    }
    if (cells.length > names.length) {
      badLines++;
      first ??= `line ${line - 1} has ${cells.length} fields, the first line ${names.length}`;
      return;
    }
    const row: Record<string, unknown> = {};
    let written: Map<string, number> | undefined;
    cells.forEach((cell, index) => {
      const name = names?.[index];
      if (name === undefined) return;
      row[name] = verbatim ? cell : valueOf(cell);
      const decimals = typeof row[name] === 'number' ? writtenDecimals(cell) : undefined;
      if (decimals !== undefined) (written ??= new Map()).set(name, decimals);
    });
    sink.row(row, written);
  }
}

const MISSING = /^(|na|n\/a|nan|null|none|undefined|-)$/i;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i;

function valueOf(cell: string): unknown {
  const text = cell.trim();
  if (MISSING.test(text)) return undefined;
  // More digits than a number keeps are a name.
  if (!NUMBER.test(text) || text.length > 16) return text;
  return Number(text);
}

/** Digits behind the point, where zeros stand at the end. */
function writtenDecimals(cell: string): number | undefined {
  return /\.(\d*0)$/.exec(cell.trim())?.[1]?.length;
}
