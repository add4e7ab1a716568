import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ParquetColumn } from '../../io/parquet/parquetWriter.js';
import { type ColumnValue, DATASET_COLUMNS, DATASET_VERSION, type DatasetRow } from '../../shared/dataset.js';
import { datasetFailure } from './datasetError.js';
import { VERSION_KEY } from './knownRows.js';
import { type PartFile, type PartFiles, PARTS_HERE } from './partFile.js';

/** Where parts go and how large they grow. */
export interface WriterOptions {
  /** Told apart from other machines that write at the same time: `003-of-016`. */
  readonly shard?: string;
  /** Columns that are joined, the same for every row. */
  readonly joined?: readonly ParquetColumn[];
  readonly clock?: () => number;
  readonly groupRows?: number;
  readonly partRows?: number;
}

/** Rows that are held in memory at most: they share what a group costs whatever it holds, some sixty headers of columns among it. */
const GROUP_ROWS = 1024;
/** Characters of their texts. Rows of cores have thousands each. */
const GROUP_TEXT = 1 << 20;
const PART_ROWS = 64 * 1024;
/** Groups that wait for another thread. */
const MOST_WAITING = 4;
/** Milliseconds of work that may be lost when the process is killed; what was lost is done again by the next run. */
const PART_AGE = 30_000;

/**
 * Appends rows to a data set as Parquet parts, `run=TIME-XXXXXX/part-NNNNN.parquet`, that never change once they are there. Of a run
 * that is killed all finished parts stay.
 */
export class DatasetWriter {
  readonly #options: Required<Omit<WriterOptions, 'shard' | 'joined'>>;
  readonly #folder: string;
  readonly #shard: string;
  #columns: readonly ParquetColumn[];
  #values: ColumnValue[][];
  #names: ReadonlySet<string>;
  #files: PartFiles = PARTS_HERE;
  #part: PartFile | undefined;
  /** Characters of texts that wait to be written. */
  #text = 0;
  #partStarted = 0;
  #parts = 0;
  rows = 0;

  constructor(
    private readonly dataset: string,
    options: WriterOptions = {},
  ) {
    this.#options = { clock: Date.now, groupRows: GROUP_ROWS, partRows: PART_ROWS, ...options };
    const stamp = new Date(this.#options.clock()).toISOString().replace(/[-:]|\.\d+/g, '');
    this.#folder = join(dataset, `run=${stamp}-${randomBytes(3).toString('hex')}`);
    this.#shard = options.shard === undefined ? '' : `${options.shard}-`;
    this.#columns = [...DATASET_COLUMNS, ...(options.joined ?? [])];
    this.#values = this.#columns.map(() => []);
    this.#names = new Set(this.#columns.map(({ name }) => name));
  }

  /**
   * Takes a row. Columns that are not among those told of before become text.
   *
   * @throws DatasetError
   */
  add(row: DatasetRow): void {
    this.#widen(row);
    this.#columns.forEach(({ name }, i) => {
      const value = row[name];
      if (typeof value === 'string') this.#text += value.length;
      this.#values[i]?.push(value);
    });
    this.rows++;
    const { groupRows, partRows } = this.#options;
    if (this.#buffered >= Math.min(groupRows, partRows) || this.#text >= GROUP_TEXT) this.#writeGroup();
    if (this.#partStarted === 0) this.#partStarted = this.#options.clock();
    else if (this.#options.clock() - this.#partStarted > PART_AGE) this.#endPart();
  }

  /**
   * Has the next parts written by others.
   *
   * @throws DatasetError
   */
  writeThrough(files: () => PartFiles): void {
    // What is written here ends here, before there is anything that must be ended.
    this.#endPart();
    this.#files = files();
  }

  /** Whether so many rows wait to be written that nobody should add more before `caughtUp`. */
  get isBehind(): boolean {
    return this.#files.waiting > MOST_WAITING;
  }

  /** @throws DatasetError */
  async caughtUp(): Promise<void> {
    await this.#files.settled(MOST_WAITING / 2).catch((error: unknown) => {
      throw datasetFailure(this.dataset, error);
    });
  }

  /**
   * Writes what is left.
   *
   * @throws DatasetError
   */
  async close(): Promise<void> {
    try {
      this.#endPart();
    } finally {
      await this.#files.close().catch((error: unknown) => {
        throw datasetFailure(this.dataset, error);
      });
    }
  }

  get #buffered(): number {
    return this.#values[0]?.length ?? 0;
  }

  /** A part has one set of columns from its beginning to its end. */
  #widen(row: DatasetRow): void {
    const fresh: string[] = [];
    for (const name in row) if (!this.#names.has(name)) fresh.push(name);
    if (fresh.length === 0) return;
    this.#endPart();
    this.#columns = [...this.#columns, ...fresh.map((name): ParquetColumn => ({ name, type: 'text' }))];
    this.#values = this.#columns.map(() => []);
    this.#names = new Set(this.#columns.map(({ name }) => name));
  }

  #writeGroup(): void {
    if (this.#buffered === 0) return;
    this.#guarded(() => {
      this.#part ??= this.#newPart();
      this.#part.write(this.#values);
      this.#values = this.#columns.map(() => []);
      this.#text = 0;
      if (this.#part.rows >= this.#options.partRows) this.#finish(this.#part);
    });
  }

  #endPart(): void {
    this.#writeGroup();
    const part = this.#part;
    if (part !== undefined)
      this.#guarded(() => {
        this.#finish(part);
      });
  }

  #finish(part: PartFile): void {
    part.finish();
    this.#part = undefined;
    this.#partStarted = 0;
  }

  #newPart(): PartFile {
    mkdirSync(this.#folder, { recursive: true });
    const name = `part-${this.#shard}${String(this.#parts++).padStart(5, '0')}.parquet`;
    return this.#files.open(join(this.#folder, name), this.#columns, { [VERSION_KEY]: String(DATASET_VERSION) });
  }

  #guarded(task: () => void): void {
    try {
      task();
    } catch (error) {
      const part = this.#part;
      this.#part = undefined;
      try {
        part?.discard();
      } catch {
        // The first failure is the one to tell.
      }
      throw datasetFailure(this.dataset, error);
    }
  }
}
