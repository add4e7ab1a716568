import { Decompress } from 'fzstd';
import { u32 } from './compressedInput.js';
import { SyncZlib } from './syncZlib.js';
import { XxHash64 } from './xxHash64.js';
import type { ZstdFrameHeader } from './zstdFrames.js';

/** Decodes one frame, block after block. */
export interface ZstdFrameDecoder {
  /** What a block, its head included, decodes to; with an error when it is damaged. */
  block(bytes: Uint8Array, last: boolean): { readonly output: Uint8Array; readonly error?: string };
  /** What is wrong with the checksum at the end of the frame. */
  checksum(bytes: Uint8Array): string | undefined;
  close(): void;
}

const BAD_CHECKSUM = 'a frame whose checksum does not match';

/** By the decoder of node. */
export function nativeFrame(header: ZstdFrameHeader): ZstdFrameDecoder {
  const engine = new SyncZlib('zstd');
  engine.decode(header.bytes);
  return {
    block: (bytes) => engine.decode(bytes),
    checksum: (bytes) => (engine.decode(bytes).error === undefined ? undefined : BAD_CHECKSUM),
    close: () => {
      engine.close();
    },
  };
}

/** By a decoder in JavaScript, which leaves out checksums: they are done here. */
export function portableFrame(header: ZstdFrameHeader): ZstdFrameDecoder {
  let output: Uint8Array = NOTHING;
  const stream = new Decompress((chunk) => {
    if (chunk.length > 0) output = chunk;
  });
  const hash = new XxHash64();
  const head = header.bytes.slice();
  // The flag of a checksum: without it the frame ends with its last block.
  head[4] = (head[4] ?? 0) & ~0x04;
  let waiting: Uint8Array | undefined = head;
  return {
    block(bytes, last) {
      output = NOTHING;
      try {
        stream.push(waiting === undefined ? bytes : joined(waiting, bytes), last);
      } catch (error) {
        return {
          output,
          error: `a block that cannot be decoded (${error instanceof Error ? error.message : 'unknown'})`,
        };
      }
      waiting = undefined;
      if (header.hasChecksum) hash.update(output);
      return { output };
    },
    checksum: (bytes) => (u32(bytes) === hash.digestLow() ? undefined : BAD_CHECKSUM),
    close: () => undefined,
  };
}

const NOTHING = new Uint8Array(0);

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
