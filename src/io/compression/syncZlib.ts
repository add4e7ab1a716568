import * as zlib from 'node:zlib';

/** Output is fetched in pieces of this size. */
const OUTPUT = 256 * 1024;

/** What node:zlib keeps behind its streams. The same parts carry `gunzipSync`, and libraries outside node have used them for years. */
interface Engine {
  readonly _handle: {
    writeSync(
      flush: number,
      input: Uint8Array,
      inputOffset: number,
      inputLength: number,
      output: Uint8Array,
      outputOffset: number,
      outputLength: number,
    ): void;
    onerror: (message: string, errno: number, code: string) => void;
  };
  /** Bytes of output and of input left after a write. */
  readonly _writeState: Uint32Array;
  close(): void;
}

/** One step of a decoder. */
export interface ZlibStep {
  /** All that came out; a copy. */
  readonly output: Uint8Array;
  /** How much of the input was taken. */
  readonly consumed: number;
  /** The stream ended; what follows the consumed bytes is not part of it. */
  readonly ended: boolean;
  /** The stream is damaged, in these words. */
  readonly error?: string;
}

type Maker = () => unknown;
const makeZstd = (zlib as { createZstdDecompress?: (options: object) => unknown }).createZstdDecompress;
const MAKERS: Readonly<Record<'inflateRaw' | 'zstd', Maker | undefined>> = {
  inflateRaw: () => zlib.createInflateRaw({ chunkSize: 64 }),
  // Windows up to 128 MiB, as the zstd command allows (ZSTD_d_windowLogMax is parameter 100).
  zstd: makeZstd && (() => makeZstd({ chunkSize: 64, params: { 100: 27 } })),
};

/** Whether this node has a native decoder for zstd (from 22.15 on). */
export const HAS_NATIVE_ZSTD = makeZstd !== undefined;

/**
 * A decoder of node:zlib that takes its input in pieces and answers at once. The public calls are either asynchronous or want the
 * whole stream; the engine asks for bytes in the middle of a query, and a core need not be decompressed further than was asked.
 */
export class SyncZlib {
  readonly #engine: Engine;
  readonly #buffer = new Uint8Array(OUTPUT);
  #error: string | undefined;

  constructor(kind: 'inflateRaw' | 'zstd') {
    const make = MAKERS[kind];
    if (make === undefined) throw new Error(`this node has no ${kind}`);
    this.#engine = make() as Engine;
    this.#engine._handle.onerror = (message) => {
      this.#error = message;
    };
  }

  decode(input: Uint8Array): ZlibStep {
    const pieces: Uint8Array[] = [];
    let consumed = 0;
    for (;;) {
      const offered = input.length - consumed;
      this.#engine._handle.writeSync(zlib.constants.Z_NO_FLUSH, input, consumed, offered, this.#buffer, 0, OUTPUT);
      if (this.#error !== undefined) {
        return { output: joined(pieces), consumed, ended: false, error: this.#error };
      }
      const [outputLeft = 0, inputLeft = 0] = this.#engine._writeState;
      consumed = input.length - inputLeft;
      const produced = OUTPUT - outputLeft;
      if (produced > 0) pieces.push(this.#buffer.slice(0, produced));
      if (outputLeft > 0) return { output: joined(pieces), consumed, ended: inputLeft > 0 };
    }
  }

  close(): void {
    this.#engine.close();
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
