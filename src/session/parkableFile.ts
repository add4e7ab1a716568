import type { Stats } from 'node:fs';
import { statSync } from 'node:fs';
import type { ByteSource, SourceRead } from '../engine/base/byteSource.js';
import { type FileSource, openFileSource } from '../io/fileSource.js';

/**
 * A file that gives up its descriptor when it is not used and opens itself again when it is. A file that was replaced in between
 * gives nothing more: its bytes would not go with what was decoded before.
 */
export class ParkableFile implements ByteSource {
  readonly size: bigint;
  readonly #identity: string;
  #file: FileSource | undefined;
  #retired = false;

  /** @throws the error of node:fs when the file cannot be opened */
  constructor(private readonly path: string | Buffer) {
    this.#identity = identityOf(statSync(path));
    this.#file = openFileSource(path, PAGE_BUDGET);
    this.size = this.#file.size;
  }

  get isOpen(): boolean {
    return this.#file !== undefined;
  }

  read(offset: bigint, length: number): SourceRead {
    const file = (this.#file ??= this.#reopened());
    if (file === undefined) return { bytes: new Uint8Array(0), rest: 'unreadable' };
    try {
      return file.read(offset, length);
    } finally {
      if (this.#retired) this.park();
    }
  }

  /** Closes the file until it is read again. */
  park(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  /** Nobody keeps count of it any more: from now on each read opens the file and closes it. */
  retire(): void {
    this.#retired = true;
    this.park();
  }

  #reopened(): FileSource | undefined {
    try {
      return identityOf(statSync(this.path)) === this.#identity ? openFileSource(this.path, PAGE_BUDGET) : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Pages of one binary that are kept. */
const PAGE_BUDGET = 4 << 20;

/** Equal as long as nobody changed or replaced the file. */
export function identityOf(stat: Stats): string {
  return `${stat.size}:${stat.mtimeMs}:${stat.ino}`;
}
