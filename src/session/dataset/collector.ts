import type { ColumnValue, DatasetRow } from '../../shared/dataset.js';
import type { CoreRow } from '../../shared/report.js';
import type { CoreEntry } from '../coreSource.js';
import { entryIdentity } from '../crashIdentity.js';
import type { TriagedCore } from '../triage.js';
import { datasetFailure } from './datasetError.js';
import { datasetRow } from './datasetRow.js';
import { removeUnfinished } from './datasetFolder.js';
import { DatasetWriter, type WriterOptions } from './datasetWriter.js';
import { KnownRows } from './knownRows.js';

export interface CollectorOptions extends WriterOptions {
  readonly version: string;
  readonly keepRegisters?: boolean;
}

/** Columns from outside the core, and whether a rule takes the row out. */
export interface Enrichment {
  readonly columns: Readonly<Record<string, ColumnValue>>;
  readonly excluded?: { readonly rule: string; readonly reason: string };
}

/** Makes the rows of a data set: each entry once, however often and by however many runs it is seen. */
export class Collector {
  readonly #writer: DatasetWriter | undefined;
  readonly #clock: () => number;
  /** Entries that were there already. */
  skipped = 0;
  added = 0;
  duplicates = 0;

  private constructor(
    folder: string | undefined,
    private readonly known: KnownRows,
    private readonly options: CollectorOptions,
  ) {
    this.#writer = folder === undefined ? undefined : new DatasetWriter(folder, options);
    this.#clock = options.clock ?? Date.now;
  }

  /**
   * @param folder where the rows go; `undefined` when they are wanted as such only
   * @throws DatasetError when the folder holds something else, or cannot be read
   */
  static async open(folder: string | undefined, options: CollectorOptions): Promise<Collector> {
    if (folder === undefined) return new Collector(undefined, new KnownRows(), options);
    let known;
    try {
      known = await KnownRows.of(folder);
      removeUnfinished(folder, Date.now());
    } catch (error) {
      throw datasetFailure(folder, error);
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
  add(entry: CoreEntry, core: TriagedCore, { columns, excluded }: Enrichment): DatasetRow | undefined {
    const id = this.known.admit(entryIdentity(entry), failureOf(core.row));
    if (id === undefined) {
      this.skipped++;
      return undefined;
    }
    const duplicate = core.crash !== undefined && this.known.seenCrash(core.crash);
    if (duplicate) this.duplicates++;
    const row: DatasetRow = {
      ...columns,
      ...datasetRow(core.row, {
        id,
        ...(core.crash === undefined ? {} : { crash: core.crash }),
        duplicate,
        ...(core.stack === undefined ? {} : { stack: core.stack }),
        keepRegisters: this.options.keepRegisters === true,
        ...(excluded === undefined ? {} : { excluded }),
        triaged: new Date(this.#clock()),
        version: this.options.version,
      }),
    };
    this.#writer?.add(row);
    this.added++;
    return row;
  }

  /**
   * Writes what is left.
   *
   * @throws DatasetError
   */
  close(): void {
    this.#writer?.close();
  }
}

/** The problem of a row that says no more than that the file could not be opened. */
function failureOf({ status, format, problems }: CoreRow): string | undefined {
  return status === 'unreadable' && format === undefined ? (problems[0]?.code ?? 'unreadable') : undefined;
}
