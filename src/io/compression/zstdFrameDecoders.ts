import { u32 } from './compressedInput.js';
import { SyncZlib } from './syncZlib.js';
import { XxHash64 } from './xxHash64.js';
import { ZstdBlocks } from './zstdBlocks.js';
import type { ZstdFrameHeader } from './zstdFrameHeader.js';
import { ZstdDamage } from './zstdTables.js';

/** Decodes one frame, block after block. */
export interface ZstdFrameDecoder {
  /** What a block, its head included, decodes to; with an error when it is damaged. */
  block(bytes: Uint8Array): { readonly output: Uint8Array; readonly error?: string };
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

/** By our own decoder. */
export function portableFrame(header: ZstdFrameHeader): ZstdFrameDecoder {
  const blocks = new ZstdBlocks(header.windowSize, header.largestBlock);
  const hash = header.hasChecksum ? new XxHash64() : undefined;
  return {
    block(bytes) {
      try {
        const output = blocks.block(bytes);
        hash?.update(output);
        return { output };
      } catch (error) {
        if (!(error instanceof ZstdDamage)) throw error;
        return { output: NOTHING, error: error.message };
      }
    },
    checksum: (bytes) => (hash === undefined || u32(bytes) === hash.digestLow() ? undefined : BAD_CHECKSUM),
    close: () => undefined,
  };
}

const NOTHING = new Uint8Array(0);
