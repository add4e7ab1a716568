import type { CoreEntry, CoreSource } from './coreSource.js';
import { localCores } from './localCores.js';
import type { OpenedFile } from './openedFile.js';

/** The source that holds all that the arguments of a command line name, one after the other. */
export function coreSourceOf(inputs: readonly string[]): CoreSource {
  return {
    async *list(signal) {
      for (const input of inputs) yield* sourceFor(input).list(signal);
    },
    open: openCore,
  };
}

/** Opens a listed core, wherever it is from. */
export function openCore(entry: CoreEntry): OpenedFile | Promise<OpenedFile> {
  return sourceFor(entry.source).open(entry);
}

function sourceFor(input: string): CoreSource {
  return localCores(input);
}
