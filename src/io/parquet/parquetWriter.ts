import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { ColumnType, ColumnValue } from '../../shared/dataset.js';

export interface ParquetColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/**
 * A Parquet file that appears under its name when it is whole, and not before: until then it is a hidden file beside it. Row groups
 * leave memory as they are written.
 */
export class ParquetFileWriter {
  readonly #descriptor: number;
  #open = true;
  readonly #hidden: string;
  readonly #writer: ParquetWriter;
  rows = 0;

  /** @throws the error of node:fs when the file cannot be made */
  constructor(
    private readonly path: string,
    private readonly columns: readonly ParquetColumn[],
    metadata: Readonly<Record<string, string>>,
  ) {
    this.#hidden = join(dirname(path), `.${basename(path)}.tmp`);
    this.#descriptor = openSync(this.#hidden, 'w');
    this.#writer = new ParquetWriter({
      writer: new DescriptorWriter(this.#descriptor),
      schema: schemaOf(columns),
      kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      createdBy: 'redzone',
    });
  }

  /**
   * Appends a row group.
   *
   * @param values for each column its values, all of one length
   * @throws the error of node:fs when the disk does not take it
   */
  write(values: readonly (readonly ColumnValue[])[]): void {
    const rows = values[0]?.length ?? 0;
    if (rows === 0) return;
    void this.#writer.write({
      columnData: this.columns.map(({ name, type }, i) => ({
        name,
        data: stored(values[i] ?? [], type),
        // Least and greatest text of a group of rows help no reader to skip it, and to find them takes a twentieth of the time of a log.
        statistics: type !== 'text' && type !== 'bytes',
      })),
      rowGroupSize: rows,
    });
    this.rows += rows;
  }

  /** Ends the file and gives it its name. */
  finish(): void {
    void this.#writer.finish();
    fsyncSync(this.#descriptor);
    this.#close();
    renameSync(this.#hidden, this.path);
    syncFolder(dirname(this.path));
  }

  /** Leaves nothing behind. */
  discard(): void {
    try {
      this.#close();
    } finally {
      rmSync(this.#hidden, { force: true });
    }
  }

  /** Once, whatever comes of it: the number may be another file's afterwards. */
  #close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#descriptor);
  }
}

class DescriptorWriter extends ByteWriter {
  constructor(private readonly descriptor: number) {
    super(1 << 20);
  }

  flush(): void {
    const bytes = this.getBytes();
    let at = 0;
    while (at < bytes.length) at += writeSync(this.descriptor, bytes, at, bytes.length - at);
    this.index = 0;
  }

  override finish(): void {
    this.flush();
  }
}

/** A name that is not on disk yet is lost with the power. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } catch {
    // Some network file systems cannot; their names are as safe as they can be.
  } finally {
    closeSync(descriptor);
  }
}

function schemaOf(columns: readonly ParquetColumn[]): SchemaElement[] {
  return [
    { name: 'root', num_children: columns.length },
    ...columns.map(({ name, type }): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...PHYSICAL[type] })),
  ];
}

const PHYSICAL: Readonly<Record<ColumnType, Omit<SchemaElement, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  integer: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  time: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
  bytes: { type: 'BYTE_ARRAY' },
};

function stored(values: readonly ColumnValue[], type: ColumnType): unknown[] {
  if (type === 'integer')
    return values.map((value) =>
      typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined,
    );
  return [...values];
}
