import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ParquetFile } from '../../io/parquet/parquetColumns.js';
import { type ColumnType, DATASET_COLUMNS, DATASET_VERSION, type DatasetRow } from '../../shared/dataset.js';
import { crashMoment } from '../logs/logRow.js';
import { DatasetError, datasetFailure } from './datasetError.js';
import { partsOf } from './datasetFolder.js';
import { HexSet } from './hexSet.js';
import { KnownMoments } from './knownMoments.js';

/** Name of the version among the metadata of a part. */
export const VERSION_KEY = 'redzone.dataset';

/** What a data set holds already: a few bytes for each row. */
export class KnownRows {
  readonly #ids = new HexSet();
  readonly #crashes = new HexSet();
  /** Of rows that say no more than that a file could not be opened, which may be otherwise today: the problem. */
  readonly #failed = new Map<string, string>();
  /** Crashes by moment: those of logs, and of cores those that a log of this run may tell of. */
  readonly #moments = new KnownMoments();
  /** Columns besides the fixed ones. */
  readonly joined = new Map<string, ColumnType>();
  rows = 0;

  /** @param wanted moments of crashes that logs of this run tell of */
  constructor(private readonly wanted: HexSet = new HexSet()) {}

  /** @throws DatasetError when a part cannot be read or is of a newer version */
  static async of(folder: string, moments: HexSet = new HexSet()): Promise<KnownRows> {
    const known = new KnownRows(moments);
    for (const part of partsOf(folder)) await known.#read(join(folder, part));
    return known;
  }

  /** Whether the entry of this id need not be looked at again. */
  has(id: string): boolean {
    const last = this.#lastOf(id);
    return this.#ids.has(last) && !this.#failed.has(last);
  }

  /**
   * The id under which a new row of this entry goes in.
   *
   * @param failure of a row that could not be opened: its problem
   * @returns `undefined` when there is such a row already
   */
  admit(id: string, failure: string | undefined): string | undefined {
    const last = this.#lastOf(id);
    const before = this.#failed.get(last);
    if (this.#ids.has(last) && (before === undefined || before === failure)) return undefined;
    const admitted = before === undefined ? last : again(last);
    this.#ids.add(admitted);
    if (failure !== undefined) this.#failed.set(admitted, failure);
    this.rows++;
    return admitted;
  }

  /** @returns whether a row of this crash was there already */
  seenCrash(crash: string): boolean {
    return !this.#crashes.add(crash);
  }

  /**
   * The crash of a row that another row told of in other words: a core's line in a log, or a log line's core. Remembers the row.
   *
   * @param crash of the row as such
   */
  linkedCrash(row: DatasetRow, crash: string): string {
    const moment = crashMoment(row);
    if (moment === undefined) return crash;
    const at = timeOf(row);
    const fromLog = row['source_kind'] === 'log';
    const known = this.#moments.get(moment);
    if (known !== undefined) {
      const apart = at === undefined || known.at === undefined ? 0 : Math.abs(at - known.at);
      if (apart <= MOMENT && known.fromLog !== fromLog) return known.crash;
    }
    if (fromLog || this.wanted.has(moment)) this.#moments.set(moment, { crash, at, fromLog });
    return crash;
  }

  /** Each try of an entry that could not be opened has the id that follows from the one before. */
  #lastOf(id: string): string {
    let last = id;
    while (this.#failed.has(last) && this.#ids.has(again(last))) last = again(last);
    return last;
  }

  async #readMoments(part: ParquetFile): Promise<void> {
    for await (const rows of part.groups(MOMENT_COLUMNS)) {
      for (const values of rows) {
        const row = Object.fromEntries(MOMENT_COLUMNS.map((name, i) => [name, values[i] ?? undefined])) as DatasetRow;
        if (typeof row['crash'] === 'string') this.linkedCrash(row, row['crash']);
      }
    }
  }

  async #read(path: string): Promise<void> {
    let part;
    try {
      part = await ParquetFile.open(path);
    } catch (error) {
      throw new DatasetError(
        `${path}: this part of the data set cannot be read (${error instanceof Error ? error.message : String(error)}); move it away and run again`,
      );
    }
    try {
      const version = Number(part.metadataOf(VERSION_KEY));
      if (!(version <= DATASET_VERSION))
        throw new DatasetError(
          `${path}: ${Number.isNaN(version) ? 'this is no part of a Redzone data set' : `the data set is of version ${version}, this program knows ${DATASET_VERSION}`}; choose another folder`,
        );
      for (const { name, type } of part.columns)
        if (!FIXED.has(name) && type !== undefined) this.joined.set(name, type);
      let logs = false;
      for await (const rows of part.groups(['id', 'crash', 'status', 'problem', 'format', 'source_kind'])) {
        for (const [id, crash, status, problem, format, kind] of rows) {
          if (typeof id !== 'string') continue;
          this.#ids.add(id);
          if (typeof crash === 'string') this.#crashes.add(crash);
          if (status === 'unreadable' && typeof format !== 'string') this.#failed.set(id, String(problem));
          if (kind === 'log') logs = true;
          this.rows++;
        }
      }
      if (logs || this.wanted.size > 0) await this.#readMoments(part);
    } catch (error) {
      throw datasetFailure(path, error);
    } finally {
      part.close();
    }
  }
}

const MOMENT_COLUMNS = ['crash', 'source_kind', 'comm', 'rip', 'rsp', 'time', 'time_source'];

/** Milliseconds between what a core and a log say of one crash: clocks and time zones are wrong by less than a day. */
const MOMENT = 86_400_000;

/** The time of change of a copied core says nothing of when it was dumped. */
function timeOf({ time, time_source: source }: DatasetRow): number | undefined {
  return time instanceof Date && source !== 'mtime' ? time.getTime() : undefined;
}

const FIXED: ReadonlySet<string> = new Set(DATASET_COLUMNS.map(({ name }) => name));

function again(id: string): string {
  return createHash('sha256').update(`again ${id}`).digest('hex').slice(0, id.length);
}
