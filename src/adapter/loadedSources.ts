import type { DebugProtocol } from '@vscode/debugprotocol';
import type { DebugTarget } from './debugTarget.js';
import { fileSource } from './sources.js';

/** Threads and frames of each that are looked at: the list is of the sources on stacks, not of the program. */
const THREADS = 200;
const FRAMES = 64;

/** The source files on the stacks that are on this machine. */
export async function loadedSources(target: DebugTarget): Promise<DebugProtocol.LoadedSourcesResponse['body']> {
  const files = new Set<string>();
  for (const thread of target.threads.all.slice(0, THREADS)) {
    for (let index = 0; index < FRAMES; index++) {
      const row = await thread.frames.row(index);
      if (!row) break;
      if (row.file !== undefined) files.add(row.file);
    }
  }
  const found = await Promise.all([...files].map((file) => target.sources.find(file)));
  const paths = new Map(found.filter((each) => each !== undefined).map((each) => [each.path, each]));
  return { sources: [...paths.values()].map(({ path, changed }) => fileSource(path, changed)) };
}
