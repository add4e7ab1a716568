import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readTable, TABLE_FILE } from '../../io/tables/readTable.js';
import { TableError } from '../../io/tables/tableSink.js';
import { TableBuilder } from '../../population/table/tableBuilder.js';
import type { ColumnTable } from '../../shared/columnTable.js';

/** A table read from files, with what could not be read of them. */
export interface LoadedTable {
  readonly table: ColumnTable;
  readonly files: number;
  /** Files that rows came from. */
  readonly read: readonly string[];
  /** One sentence each. */
  readonly problems: readonly string[];
  /** Files of which nothing could be read. */
  readonly unreadableFiles: number;
}

/**
 * Reads a file, or all tables below a folder (a data set's parts), into one table. Rows keep their order: files by name, rows as they
 * stand. Never throws for what a file holds.
 */
export async function loadTable(path: string, stopped?: () => boolean): Promise<LoadedTable> {
  const builder = new TableBuilder();
  const problems: string[] = [];
  const read: string[] = [];
  let unreadableFiles = 0;
  const files = tableFiles(path, problems);
  for (const file of files) {
    try {
      const { badLines, first } = await readTable(file, builder, stopped);
      read.push(file);
      if (badLines > 0) problems.push(`${file}: ${badLines} lines were left out: ${first ?? ''}`);
    } catch (error) {
      unreadableFiles++;
      problems.push(`${file}: ${reason(error)}`);
    }
  }
  if (builder.leftOut.size > 0) problems.push(`${path}: ${builder.leftOut.size} columns beyond 2000 were left out`);
  return { table: builder.finish(), files: files.length, read, problems, unreadableFiles };
}

/** The tables at a path, those below a folder by name; a sentence more in `problems` where there is nothing. */
export function tableFiles(path: string, problems: string[]): string[] {
  const found: string[] = [];
  try {
    if (!statSync(path).isDirectory()) return [path];
    walk(path);
  } catch (error) {
    problems.push(`${path}: ${reason(error)}`);
  }
  return found;

  function walk(folder: string): void {
    const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      // A part that is still being written has a name of its own; so have the markers of other tools.
      if (/^[._]/.test(entry.name)) continue;
      if (entry.isDirectory()) walk(join(folder, entry.name));
      else if (TABLE_FILE.test(entry.name)) found.push(join(folder, entry.name));
    }
  }
}

function reason(error: unknown): string {
  if (error instanceof TableError) return error.message;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'it may not be read';
  return code ?? (error instanceof Error ? error.message : String(error));
}
