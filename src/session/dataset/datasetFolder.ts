import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of a data set, relative to its folder, oldest run first; none when the folder is not there. */
export function partsOf(folder: string): string[] {
  return filesOf(folder).filter((file) => file.endsWith('.parquet') && !hidden(file));
}

/** Removes what runs that were killed left unfinished. */
export function removeUnfinished(folder: string, now: number): void {
  for (const file of filesOf(folder)) {
    if (!hidden(file) || !file.endsWith('.parquet.tmp')) continue;
    const path = join(folder, file);
    const stat = statSync(path, { throwIfNoEntry: false });
    // A run that lives writes its parts more often than that.
    if (stat !== undefined && now - stat.mtimeMs > ABANDONED) rmSync(path, { force: true });
  }
}

/** Milliseconds after which nobody writes to an unfinished part any more. */
const ABANDONED = 3_600_000;

function filesOf(folder: string): string[] {
  const files: string[] = [];
  for (const run of namesIn(folder)) {
    if (run.startsWith('run=')) for (const name of namesIn(join(folder, run))) files.push(join(run, name));
  }
  return files;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Readers of data sets pass over names that begin like this. */
function hidden(file: string): boolean {
  return /(^|\/)[._][^/]*$/.test(file);
}
