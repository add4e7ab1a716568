import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { DatasetError } from '../dataset/datasetError.js';
import type { LoggedCrash } from './loggedCrash.js';

/**
 * Crashes in the order they were found, however many: a mebibyte of them in memory, those before in a temporary file. The file has no
 * name once it is open, so that nothing is left of it, however the process ends.
 */
export class CrashSpool implements Iterable<FoundCrash> {
  #descriptor: number | undefined;
  #written = 0;
  #block = Buffer.allocUnsafe(BLOCK);
  #used = 0;
  /** Not yet in the block. */
  #few: FoundCrash[] = [];
  count = 0;

  /** @param folder where the file would be */
  constructor(private readonly folder: string = tmpdir()) {}

  /** @throws DatasetError */
  add(found: FoundCrash): void {
    this.#few.push(found);
    this.count++;
    if (this.#few.length === TOGETHER) this.#pack();
  }

  /** What was added so far. */
  *[Symbol.iterator](): Generator<FoundCrash> {
    const { folder } = this;
    const descriptor = this.#descriptor;
    if (descriptor !== undefined)
      yield* unpacked(
        (into, at) => guarded(folder, () => readSync(descriptor, into, 0, into.length, at)),
        this.#written,
      );
    yield* packedIn(this.#block.subarray(0, this.#used));
    yield* this.#few;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
    this.#few = [];
    this.#written = this.#used = this.count = 0;
  }

  /** Texts of a log are pieces of a large one, which each of them would keep in memory: bytes are copies. */
  #pack(): void {
    const bytes = serialize(this.#few);
    this.#few = [];
    const length = PREFIX + bytes.length;
    if (this.#used + length > this.#block.length) this.#spill(length);
    this.#block.writeUInt32LE(bytes.length, this.#used);
    bytes.copy(this.#block, this.#used + PREFIX);
    this.#used += length;
  }

  #spill(room: number): void {
    guarded(this.folder, () => {
      this.#descriptor ??= unnamedFile(this.folder);
      for (let at = 0; at < this.#used;)
        at += writeSync(this.#descriptor, this.#block, at, this.#used - at, this.#written + at);
    });
    this.#written += this.#used;
    this.#used = 0;
    if (room > this.#block.length) this.#block = Buffer.allocUnsafe(room);
  }
}

/** A crash, and the line of the log that completed it. */
export interface FoundCrash {
  readonly crash: LoggedCrash;
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

const BLOCK = 1 << 20;
/** Crashes that are packed together, behind the length of them. */
const TOGETHER = 16;
const PREFIX = 4;

function* unpacked(read: (into: Buffer, at: number) => number, end: number): Generator<FoundCrash> {
  let rest = Buffer.alloc(0);
  for (let at = 0; at < end;) {
    const piece = Buffer.allocUnsafe(Math.min(BLOCK, end - at));
    const count = read(piece, at);
    if (count === 0) return;
    at += count;
    rest = Buffer.concat([rest, piece.subarray(0, count)]);
    rest = rest.subarray(yield* packedIn(rest));
  }
}

/** @returns where what is not whole begins */
function* packedIn(bytes: Buffer): Generator<FoundCrash, number> {
  let at = 0;
  while (at + PREFIX <= bytes.length) {
    const end = at + PREFIX + bytes.readUInt32LE(at);
    if (end > bytes.length) break;
    yield* deserialize(bytes.subarray(at + PREFIX, end)) as FoundCrash[];
    at = end;
  }
  return at;
}

function unnamedFile(folder: string): number {
  const path = join(folder, `redzone-${randomBytes(8).toString('hex')}`);
  const descriptor = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return descriptor;
}

function guarded<T>(folder: string, task: () => T): T {
  try {
    return task();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const why = code === 'ENOSPC' ? 'is full' : `cannot be used (${code})`;
    throw new DatasetError(
      `${folder} ${why}: the crashes of large logs are put there while they are read; TMPDIR names another folder`,
    );
  }
}
