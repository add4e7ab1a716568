import type { ParquetColumn } from '../../../io/parquet/parquetWriter.js';
import type { ColumnValue } from '../../../shared/dataset.js';

/** The argument that makes a thread of the command's bundle one that writes parts of a data set. */
export const PART_THREAD = '--part-thread';

/** What is to be done next; there is one part at a time. Each is answered, in turn. */
export type PartRequest =
  | {
      readonly kind: 'open';
      readonly path: string;
      readonly columns: readonly ParquetColumn[];
      readonly metadata: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'write'; readonly values: readonly (readonly ColumnValue[])[] }
  | { readonly kind: 'finish' }
  | { readonly kind: 'discard' };

/** `undefined` when it was done; else why not, after which nothing more is done. */
export type PartReply = { readonly code: string | undefined; readonly message: string } | undefined;
