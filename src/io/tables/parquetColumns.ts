import { openSync, closeSync, fstatSync, readSync } from 'node:fs';
import zlib from 'node:zlib';
import { decompress as unzstd } from 'fzstd';
import { type AsyncBuffer, type Compressors, parquetMetadataAsync, parquetRead, parquetSchema } from 'hyparquet';
import { TableError, type TableSink } from './tableSink.js';

/** Reads a Parquet file row group by row group, column by column. */
export async function readParquet(path: string, sink: TableSink, stopped: () => boolean): Promise<void> {
  const descriptor = openSync(path, 'r');
  try {
    const byteLength = fstatSync(descriptor).size;
    const file: AsyncBuffer = {
      byteLength,
      slice: (start: number, end = byteLength) => {
        const bytes = new Uint8Array(Math.max(0, end - start));
        const length = readSync(descriptor, bytes, 0, bytes.length, start);
        return bytes.buffer.slice(0, length);
      },
    };
    const metadata = await parquetMetadataAsync(file);
    const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
    const wanted = columns.filter((name) => sink.wants?.(name) ?? true);
    let start = 0;
    for (const group of metadata.row_groups) {
      if (stopped()) return;
      const end = start + Number(group.num_rows);
      const base = sink.rows - start;
      // Of a file without any wanted column only the number of rows is of interest.
      if (wanted.length === 0) sink.cell(base + end - 1, '', undefined);
      else
        await parquetRead({
          file,
          metadata,
          rowStart: start,
          rowEnd: end,
          ...(wanted.length === columns.length ? {} : { columns: wanted }),
          compressors: COMPRESSORS,
          onChunk: ({ columnName, columnData, rowStart }) => {
            const values = columnData as ArrayLike<unknown>;
            for (let i = 0; i < values.length; i++) {
              const row = rowStart + i;
              if (row >= start && row < end) sink.cell(base + row, columnName, values[i]);
            }
          },
        });
      sink.complete?.();
      start = end;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== undefined) throw error;
    throw new TableError(`it is a damaged Parquet file (${error instanceof Error ? error.message : String(error)})`);
  } finally {
    closeSync(descriptor);
  }
}

/** What the reader itself does not know; Snappy it does. */
const COMPRESSORS: Compressors = {
  GZIP: (input, length) => zlib.gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (input, length) => zlib.brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
  ZSTD: (input, length) => unzstd(input, new Uint8Array(length)),
};
