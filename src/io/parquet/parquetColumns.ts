import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetRead } from 'hyparquet';
import type { ParquetColumn } from './parquetWriter.js';

/** A Parquet file of this machine, read column by column, one row group at a time. */
export class ParquetFile {
  private constructor(
    private readonly descriptor: number,
    private readonly file: AsyncBuffer,
    private readonly metadata: FileMetaData,
  ) {}

  /** @throws an Error with the cause when it is no whole Parquet file */
  static async open(path: string): Promise<ParquetFile> {
    const descriptor = openSync(path, 'r');
    try {
      const file = bufferOf(descriptor);
      return new ParquetFile(descriptor, file, await parquetMetadataAsync(file));
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  get rows(): number {
    return Number(this.metadata.num_rows);
  }

  /** Columns at the top, with `undefined` for a type that is none of ours (lists, decimals...). */
  get columns(): readonly { readonly name: string; readonly type: ParquetColumn['type'] | undefined }[] {
    const [root, ...rest] = this.metadata.schema;
    const columns: { name: string; type: ParquetColumn['type'] | undefined }[] = [];
    let at = 0;
    for (let i = 0; i < (root?.num_children ?? 0); i++) {
      const element = rest[at];
      if (element === undefined) break;
      columns.push({ name: element.name, type: typeOf(element) });
      at = pastSubtree(rest, at);
    }
    return columns;
  }

  metadataOf(key: string): string | undefined {
    return this.metadata.key_value_metadata?.find((entry) => entry.key === key)?.value;
  }

  /** The given columns of all row groups in turn: for each row its values, in the order of `names`. */
  async *groups(names: readonly string[]): AsyncGenerator<readonly unknown[][]> {
    let from = 0;
    for (const group of this.metadata.row_groups) {
      const to = from + Number(group.num_rows);
      const rows: unknown[][] = [];
      await parquetRead({
        file: this.file,
        metadata: this.metadata,
        columns: [...names],
        rowStart: from,
        rowEnd: to,
        onComplete: (read) => {
          for (const row of read) rows.push(row as unknown[]);
        },
      });
      yield rows;
      from = to;
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

function bufferOf(descriptor: number): AsyncBuffer {
  const { size } = fstatSync(descriptor);
  return {
    byteLength: size,
    slice(start, end = size) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
      let have = 0;
      while (have < bytes.length) {
        const count = readSync(descriptor, bytes, have, bytes.length - have, start + have);
        if (count === 0) break;
        have += count;
      }
      return bytes.buffer.slice(0, have);
    },
  };
}

type Element = FileMetaData['schema'][number];

function pastSubtree(elements: readonly Element[], at: number): number {
  let next = at + 1;
  for (let child = 0; child < (elements[at]?.num_children ?? 0); child++) next = pastSubtree(elements, next);
  return next;
}

function typeOf(element: Element): ParquetColumn['type'] | undefined {
  if ((element.num_children ?? 0) > 0 || element.repetition_type === 'REPEATED') return undefined;
  const logical = element.logical_type?.type;
  if (logical === 'TIMESTAMP' || element.converted_type?.startsWith('TIMESTAMP') === true) return 'time';
  if (logical === 'DATE' || element.converted_type === 'DATE') return 'time';
  switch (element.type) {
    case 'BOOLEAN':
      return 'boolean';
    case 'INT32':
    case 'INT64':
      return 'integer';
    case 'FLOAT':
    case 'DOUBLE':
      return 'number';
    case 'BYTE_ARRAY':
      return logical === 'STRING' || logical === 'ENUM' || logical === 'JSON' || element.converted_type === 'UTF8'
        ? 'text'
        : 'bytes';
    default:
      return undefined;
  }
}
