import type { DatasetRow } from '../../shared/dataset.js';
import type { CoreRow } from '../../shared/report.js';
import type { CoreEntry } from '../coreSource.js';
import { entryIdentity } from '../crashIdentity.js';
import type { TriagedCore } from '../triage.js';
import { DatasetError, datasetFailure } from './datasetError.js';
import { datasetRow } from './datasetRow.js';
import { removeUnfinished } from './datasetFolder.js';
import { DatasetWriter, type WriterOptions } from './datasetWriter.js';
import type { Enricher } from './enricher.js';
import type { HexSet } from './hexSet.js';
import { KnownRows } from './knownRows.js';
import type { PartFiles } from './partFile.js';

export interface CollectorOptions extends Omit<WriterOptions, 'joined'> {
  readonly version: string;
  readonly keepRegisters?: boolean;
  readonly enricher?: Enricher;
  /** Moments of crashes that logs of this run tell of. */
  readonly moments?: HexSet;
}

/** Makes the rows of a data set: each entry once, however often and by however many runs it is seen. */
export class Collector {
  readonly #writer: DatasetWriter | undefined;
  readonly #clock: () => number;
  /** Entries that were there already. */
  skipped = 0;
  added = 0;
  duplicates = 0;
  excluded = 0;

  private constructor(
    folder: string | undefined,
    private readonly known: KnownRows,
    private readonly options: CollectorOptions,
  ) {
    this.#writer =
      folder === undefined
        ? undefined
        : new DatasetWriter(folder, { ...options, joined: options.enricher?.columns ?? [] });
    this.#clock = options.clock ?? Date.now;
  }

  /**
   * @param folder where the rows go; `undefined` when they are wanted as such only
   * @throws DatasetError when the folder holds something else, or cannot be read
   */
  static async open(folder: string | undefined, options: CollectorOptions): Promise<Collector> {
    if (folder === undefined) return new Collector(undefined, new KnownRows(options.moments), options);
    let known;
    try {
      known = await KnownRows.of(folder, options.moments);
      removeUnfinished(folder, Date.now());
    } catch (error) {
      throw datasetFailure(folder, error);
    }
    for (const { name, type } of options.enricher?.columns ?? []) {
      const before = known.joined.get(name);
      if (before !== undefined && before !== type)
        throw new DatasetError(
          `${folder}: the column ${name} holds ${before} there and would get ${type}; give the table a prefix, or choose its columns`,
        );
    }
    return new Collector(folder, known, options);
  }

  /** Whether an entry is in the data set already; it is counted as skipped then. */
  has(entry: CoreEntry): boolean {
    const known = this.known.has(entryIdentity(entry));
    if (known) this.skipped++;
    return known;
  }

  /**
   * @returns the row as it went in; `undefined` when there is one like it already
   * @throws DatasetError
   */
  add(entry: CoreEntry, core: TriagedCore): DatasetRow | undefined {
    return this.#add(entry, entryIdentity(entry), core, failureOf(core.row));
  }

  /**
   * A crash that a log tells of.
   *
   * @param identity equal for copies of the line
   * @throws DatasetError
   */
  addLogged(row: CoreRow, identity: string): DatasetRow | undefined {
    return this.#add({ source: row.source }, identity, { row, crash: identity }, undefined);
  }

  #add(entry: CoreEntry, identity: string, core: TriagedCore, failure: string | undefined): DatasetRow | undefined {
    const id = this.known.admit(identity, failure);
    if (id === undefined) {
      this.skipped++;
      return undefined;
    }
    const row = datasetRow(core.row, {
      id,
      ...(core.stack === undefined ? {} : { stack: core.stack }),
      keepRegisters: this.options.keepRegisters === true,
      triaged: new Date(this.#clock()),
      version: this.options.version,
    });
    if (core.crash !== undefined) {
      const crash = this.known.linkedCrash(row, core.crash);
      row['crash'] = crash;
      row['duplicate'] = this.known.seenCrash(crash);
    }
    this.options.enricher?.enrich(row, entry);
    if (row['duplicate'] === true) this.duplicates++;
    if (row['excluded_by'] !== undefined) this.excluded++;
    this.#writer?.add(row);
    this.added++;
    return row;
  }

  /**
   * Has the rows to come written by others.
   *
   * @throws DatasetError
   */
  writeThrough(files: () => PartFiles): void {
    this.#writer?.writeThrough(files);
  }

  /** Whether there are rows to write at all. */
  get writes(): boolean {
    return this.#writer !== undefined;
  }

  /**
   * To be waited for between rows, where there is something to wait for.
   *
   * @throws DatasetError
   */
  get pause(): Promise<void> | undefined {
    return this.#writer?.isBehind === true ? this.#writer.caughtUp() : undefined;
  }

  /**
   * Writes what is left.
   *
   * @throws DatasetError
   */
  async close(): Promise<void> {
    await this.#writer?.close();
  }
}

/** The problem of a row that says no more than that the file could not be opened. */
function failureOf({ status, format, problems }: CoreRow): string | undefined {
  return status === 'unreadable' && format === undefined ? (problems[0]?.code ?? 'unreadable') : undefined;
}
