import { tmpdir } from 'node:os';
import type { ByteSource, SourceRead } from '../../engine/base/byteSource.js';
import { DecodedStore } from './decodedStore.js';
import type { Compression } from './formats.js';
import { type Pieces, piecesOf } from './pieces.js';
import { StreamError, type StreamErrorCode } from './streamError.js';

/** Bounds of what one compressed file may cost. */
export interface DecodeLimits {
  /** Decompressed bytes kept in memory; what is beyond goes to a temporary file. */
  readonly memory?: number;
  /** Milliseconds spent on decompressing. */
  readonly time?: number;
  /** Folder of the temporary file. */
  readonly folder?: string;
  readonly clock?: () => number;
}

/** What is wrong with a compressed stream. */
export interface StreamProblem {
  readonly code: StreamErrorCode;
  /** One sentence that names where. */
  readonly message: string;
  /** Byte of the compressed file. */
  readonly offset: number;
}

const MEMORY = 64 * 2 ** 20;
const TIME = 120_000;
/** Longer than any file: a size that is not known must not make a core look cut. */
const UNKNOWN_SIZE = 2n ** 63n - 1n;

/**
 * The decompressed bytes of a file. Decompression goes as far as was asked and goes on from there; a read behind that point is
 * answered from what was kept. Where the stream ends too early or is damaged, what came before stays, and `problem` says so.
 */
export class CompressedSource implements ByteSource {
  readonly #stream: Pieces;
  readonly #store: DecodedStore;
  readonly #time: number;
  readonly #clock: () => number;
  #spent = 0;
  #ended = false;
  #problem: StreamProblem | undefined;
  /** Called once, when the sound end of the stream was reached or none can be. */
  onSettled: (() => void) | undefined;

  constructor(
    readonly compression: Compression,
    private readonly file: ByteSource,
    limits: DecodeLimits = {},
  ) {
    this.#stream = piecesOf(compression, file);
    this.#store = new DecodedStore(limits.memory ?? MEMORY, limits.folder ?? tmpdir());
    this.#time = limits.time ?? TIME;
    this.#clock = limits.clock ?? ((): number => performance.now());
  }

  /** Exact once the whole stream was decompressed; until then, and of a damaged one, larger than any file. */
  get size(): bigint {
    return this.#ended ? BigInt(this.#store.length) : UNKNOWN_SIZE;
  }

  /** How far the file was decompressed. */
  get decoded(): number {
    return this.#store.length;
  }

  /** The stream was decompressed to its sound end. */
  get ended(): boolean {
    return this.#ended;
  }

  get problem(): StreamProblem | undefined {
    return this.#problem;
  }

  read(offset: bigint, length: number): SourceRead {
    if (length <= 0) return { bytes: NOTHING };
    const start = Number(offset);
    this.#decodeTo(start + length);
    const bytes = start < this.#store.length ? this.#store.read(start, length) : NOTHING;
    if (bytes.length === length) return { bytes };
    if (this.#problem?.code === 'not-fetched') return { bytes, rest: 'notFetched' };
    return { bytes, rest: this.#ended && start + bytes.length >= this.#store.length ? 'end' : 'unreadable' };
  }

  /** Decompresses what is left when that is little: at most `compressed` bytes of the file, giving at most `decompressed`. */
  finish(compressed: number, decompressed: number): void {
    if (Number(this.file.size) - this.#stream.input.position > compressed) return;
    this.#decodeTo(this.#store.length + decompressed);
  }

  close(): void {
    this.onSettled = undefined;
    this.#stream.pieces.return();
    this.#store.close();
    this.#problem ??= { code: 'stream-limit', message: 'the file was closed', offset: 0 };
    this.#ended = false;
  }

  #decodeTo(end: number): void {
    if (this.#store.length >= end || this.#ended || this.#problem !== undefined) return;
    const started = this.#clock();
    const before = this.#spent;
    try {
      while (this.#store.length < end) {
        const piece = this.#stream.pieces.next();
        if (piece.done === true) {
          this.#ended = true;
          this.onSettled?.();
          return;
        }
        if (!this.#store.append(piece.value))
          throw this.#limit('there is no room for more of it in memory and on disk');
        this.#spent = before + this.#clock() - started;
        if (this.#spent > this.#time) throw this.#limit(`it takes longer than ${this.#time / 1000} seconds`);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #limit(detail: string): StreamError {
    return new StreamError('stream-limit', detail, this.#stream.input.position);
  }

  #fail(error: unknown): void {
    const failure =
      error instanceof StreamError
        ? error
        : new StreamError('corrupt-stream', `the decoder failed: ${String(error)}`, this.#stream.input.position);
    this.#problem = { code: failure.code, message: this.#sentence(failure), offset: failure.offset };
    this.onSettled?.();
  }

  #sentence({ code, detail, offset }: StreamError): string {
    const rest = `${this.#store.length} bytes could be decompressed, what lay behind is missing here`;
    switch (code) {
      case 'truncated-stream':
        return `the ${this.compression} stream is cut at byte ${offset} of the file, ${detail}: ${rest}`;
      case 'corrupt-stream':
        return `the ${this.compression} stream is corrupt at byte ${offset} of the file (${detail}): ${rest}`;
      case 'unsupported-stream':
        return `the ${this.compression} stream cannot be read from byte ${offset} of the file on (${detail}): ${rest}`;
      case 'not-fetched':
        return `the ${this.compression} stream was fetched up to byte ${offset} of the file only: ${rest}`;
      case 'stream-limit':
        return `the ${this.compression} stream was left at byte ${offset} of the file because ${detail}: ${rest}`;
    }
  }
}

const NOTHING = new Uint8Array(0);
