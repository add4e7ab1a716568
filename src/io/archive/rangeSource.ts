import type { ByteSource } from '../../engine/base/byteSource.js';

/** A piece of a source as a source of its own. */
export function rangeSource(source: ByteSource, from: number, length: number): ByteSource {
  return {
    size: BigInt(length),
    read(offset, wanted) {
      const left = length - Number(offset);
      if (left <= 0) return { bytes: NOTHING, rest: 'end' };
      const { bytes, rest } = source.read(BigInt(from) + offset, Math.min(wanted, left));
      if (rest !== undefined) return { bytes, rest };
      return bytes.length < wanted ? { bytes, rest: 'end' } : { bytes };
    },
  };
}

/** Sources one behind the other. */
export function joinedSource(parts: readonly ByteSource[]): ByteSource {
  const size = parts.reduce((sum, part) => sum + part.size, 0n);
  return {
    size,
    read(offset, wanted) {
      const pieces: Uint8Array[] = [];
      let left = wanted;
      let start = 0n;
      for (const part of parts) {
        const end = start + part.size;
        const at = offset + BigInt(wanted - left);
        if (left > 0 && at < end) {
          const { bytes, rest } = part.read(at - start, Math.min(left, Number(end - at)));
          pieces.push(bytes);
          left -= bytes.length;
          if (rest !== undefined && rest !== 'end') return { bytes: Buffer.concat(pieces), rest };
        }
        start = end;
      }
      const [only] = pieces;
      const bytes = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
      return left > 0 ? { bytes, rest: 'end' } : { bytes };
    },
  };
}

const NOTHING = new Uint8Array(0);
