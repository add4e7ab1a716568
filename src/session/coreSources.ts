import type { CoreEntry, CoreSource } from './coreSource.js';
import { localCores } from './localCores.js';
import type { OpenedFile } from './openedFile.js';
import { isRemoteAddress } from './remote/remoteAddress.js';
import { remoteCores, type RemoteCores, type RemoteOptions } from './remote/remoteCores.js';

/**
 * The source that holds all that the arguments of a command line name, one after the other. It opens what any source made of the same
 * arguments has listed: an address may carry credentials, which entries do not.
 */
export function coreSourceOf(inputs: readonly string[], options: RemoteOptions = {}): CoreSource {
  const remote = new Map(inputs.filter(isRemoteAddress).map((input) => [input, remoteCores(input, options)]));
  return {
    async *list(signal) {
      for (const input of inputs) yield* (remote.get(input) ?? localCores(input)).list(signal);
    },
    open: (entry, signal) => opened(entry, [...remote.values()], options, signal),
    close: async () => {
      for (const source of remote.values()) await source.close();
    },
  };
}

/** Where listed cores are opened: all a worker thread must know besides the entry. */
export interface CorePlace extends RemoteOptions {
  /** The arguments they were listed from. */
  readonly inputs: readonly string[];
}

/** Whether any of the arguments is on a server, which is worth waiting for in several places at once. */
export function holdsAddress(inputs: readonly string[]): boolean {
  return inputs.some(isRemoteAddress);
}

/** Opens a listed core, wherever it is from. */
export function openCore(entry: CoreEntry): OpenedFile | Promise<OpenedFile> {
  return opened(entry, [], {}, undefined);
}

function opened(
  entry: CoreEntry,
  remote: readonly RemoteCores[],
  options: RemoteOptions,
  signal: AbortSignal | undefined,
): OpenedFile | Promise<OpenedFile> {
  if (!isRemoteAddress(entry.source)) return localCores(entry.source).open(entry);
  return (remote.find((source) => source.owns(entry.source)) ?? remoteCores(entry.source, options)).open(entry, signal);
}
