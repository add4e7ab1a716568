import { setImmediate as nextTurn } from 'node:timers/promises';
import { TableError, type TableProblems, type TableSink } from './tableSink.js';
import { textPieces } from './textLines.js';

/** No row of a table is longer; a file without line ends must not fill the memory. */
const LONGEST_LINE = 64 << 20;

/** Reads one JSON object a line, or a whole file that is one JSON array of objects. */
export async function readJsonLines(path: string, sink: TableSink, stopped: () => boolean): Promise<TableProblems> {
  let rest = '';
  let line = 0;
  let badLines = 0;
  let first: string | undefined;
  let array = false;
  let begun = false;
  const before = sink.rows;
  for (const piece of textPieces(path)) {
    if (stopped()) break;
    rest += piece;
    if (!begun && rest.trim() !== '') {
      begun = true;
      array = rest.trimStart().startsWith('[');
    }
    if (rest.length > LONGEST_LINE * (array ? 8 : 1))
      throw new TableError('it holds a line of more than 64 MB; expected one JSON object a line');
    if (array) continue;
    let from = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', from)) {
      take(rest.slice(from, end));
      from = end + 1;
    }
    rest = rest.slice(from);
    await nextTurn();
  }
  if (array) takeArray(rest, sink);
  else if (rest.trim() !== '') take(rest);
  if (badLines > 0 && sink.rows === before) throw new TableError(`no line of it is a JSON object (${first ?? ''})`);
  return { badLines, ...(first === undefined ? {} : { first }) };

  function take(text: string): void {
    line++;
    if (text.trim() === '') return;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      value = undefined;
    }
    if (isRow(value)) {
      sink.row(value);
      return;
    }
    badLines++;
    first ??= `line ${line} is not a JSON object`;
  }
}

function takeArray(text: string, sink: TableSink): void {
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch {
    throw new TableError('it begins like a JSON array and does not end like one');
  }
  if (!Array.isArray(rows)) throw new TableError('it is not an array of JSON objects');
  for (const row of rows as readonly unknown[]) if (isRow(row)) sink.row(row);
}

function isRow(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
