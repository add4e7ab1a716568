import { ParquetFileWriter, type ParquetColumn } from '../../io/parquet/parquetWriter.js';
import type { ColumnValue } from '../../shared/dataset.js';

/** One part of a data set that is being written; it has its name when it is whole. */
export interface PartFile {
  readonly rows: number;
  /**
   * Appends a row group.
   *
   * @param values for each column its values, all of one length
   */
  write(values: readonly (readonly ColumnValue[])[]): void;
  finish(): void;
  /** Leaves nothing behind; throws where that cannot be done any more. */
  discard(): void;
}

/** Begins parts, here or in another thread. */
export interface PartFiles {
  open(path: string, columns: readonly ParquetColumn[], metadata: Readonly<Record<string, string>>): PartFile;
  /** Groups of rows that were handed on and are not written yet. */
  readonly waiting: number;
  /**
   * Waits until no more than so many groups are left.
   *
   * @throws the error at which one could not be written
   */
  settled(left: number): Promise<void>;
  /**
   * Waits for all of them.
   *
   * @throws the same
   */
  close(): Promise<void>;
}

/** Parts that are written at once, by the thread that asks. */
export const PARTS_HERE: PartFiles = {
  open: (path, columns, metadata) => new ParquetFileWriter(path, columns, metadata),
  waiting: 0,
  settled: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
