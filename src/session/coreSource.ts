import type { CoreRow } from '../shared/report.js';
import type { OpenedFile } from './openedFile.js';

/**
 * A place that holds cores: a folder, an archive, a bucket. `coreSources.ts` picks the one for an argument of the command line.
 * A worker thread makes its own from the same argument, so `open` must not depend on what `list` did before.
 */
export interface CoreSource {
  /**
   * What lies there, in an order that is the same at every run. Lazy: a bucket of millions must not have to fit into memory. What
   * cannot be listed is an item of its own, not an error; it ends early when the signal fires.
   */
  list(signal?: AbortSignal): AsyncIterable<Listed> | Iterable<Listed>;
  /**
   * Opens one core for reading.
   *
   * @throws OpenError with one sentence that names the place and the cause
   */
  open(entry: CoreEntry, signal?: AbortSignal): OpenedFile | Promise<OpenedFile>;
  /** Ends connections. Nothing is listed or opened after it. */
  close?(): Promise<void>;
}

export type Listed =
  | { readonly kind: 'core'; readonly entry: CoreEntry }
  /** A file that is neither named nor made like a core. */
  | { readonly kind: 'passedOver' }
  /** A core that a filter leaves out. */
  | { readonly kind: 'leftOut' }
  /** A folder, archive or prefix that could not be listed. */
  | { readonly kind: 'unreadable'; readonly path: string; readonly reason: string };

/** One core as its place lists it. Plain data: it is sent to worker threads. */
export interface CoreEntry {
  /** The argument, listed path or URL, verbatim: `source` of its row. No credentials, ever. */
  readonly source: string;
  /** Bytes, where the listing tells. */
  readonly size?: number;
  /** Another one whenever the bytes are others: an ETag, or time of change and inode. Absent where the place cannot tell. */
  readonly revision?: string;
  /** Milliseconds since 1970. */
  readonly modified?: number;
  /** What the place knows of time and host better than the core: extended attributes, metadata of an object. */
  readonly origin?: Pick<CoreRow, 'time' | 'timeSource' | 'host'>;
  /** Anything else it says of the core: columns of the data set. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
}
