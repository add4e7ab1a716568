import { Worker } from 'node:worker_threads';
import type { ParquetColumn } from '../../../io/parquet/parquetWriter.js';
import type { ColumnValue } from '../../../shared/dataset.js';
import type { PartFile, PartFiles } from '../../dataset/partFile.js';
import { PART_THREAD, type PartReply, type PartRequest } from './partProtocol.js';

/** Parts of a data set that another thread writes, while this one makes the next rows. */
export class PartThread implements PartFiles {
  readonly #worker: Worker;
  #asked = 0;
  #answered = 0;
  #failure: Error | undefined;
  #ended = false;
  #wake: (() => void) | undefined;

  /** @param script a bundle that calls `serveParts` when its argument is `PART_THREAD` */
  constructor(script: string) {
    this.#worker = new Worker(script, { argv: [PART_THREAD] });
    this.#worker.on('message', (reply: PartReply) => {
      this.#answered++;
      if (reply !== undefined) this.#failure ??= Object.assign(new Error(reply.message), { code: reply.code });
      this.#wake?.();
    });
    this.#worker.on('error', (error: Error) => {
      this.#failure ??= error;
    });
    this.#worker.on('exit', () => {
      if (!this.#ended) this.#failure ??= new Error('the thread that writes the data set ended');
      this.#wake?.();
    });
  }

  get waiting(): number {
    return this.#asked - this.#answered;
  }

  open(path: string, columns: readonly ParquetColumn[], metadata: Readonly<Record<string, string>>): PartFile {
    this.#ask({ kind: 'open', path, columns, metadata });
    let rows = 0;
    return {
      get rows() {
        return rows;
      },
      write: (values) => {
        rows += values[0]?.length ?? 0;
        this.#ask({ kind: 'write', values: values.map(withoutNothing) });
      },
      finish: () => {
        this.#ask({ kind: 'finish' });
      },
      discard: () => {
        this.#ask({ kind: 'discard' });
      },
    };
  }

  async settled(left: number): Promise<void> {
    while (this.#failure === undefined && this.waiting > left)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    this.#wake = undefined;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async close(): Promise<void> {
    try {
      await this.settled(0);
    } finally {
      this.#ended = true;
      await this.#worker.terminate();
    }
  }

  #ask(request: PartRequest): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#worker.postMessage(request);
    this.#asked++;
  }
}

/** A column without values, of which a log has many, is not copied value by value. */
function withoutNothing(values: readonly ColumnValue[]): readonly ColumnValue[] {
  return values.every((value) => value === undefined) ? new Array<ColumnValue>(values.length) : values;
}
