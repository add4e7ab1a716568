/**
 * Decodes one lz4 block into `out` from `start` on; matches may reach back to byte 0 of `out`.
 *
 * @returns where the output ends; its complement, a negative number, when the block is cut or cannot have been written by a compressor
 */
export function decodeLz4Block(block: Uint8Array, out: Uint8Array, start: number, limit: number): number {
  const end = block.length;
  let from = 0;
  let to = start;
  while (from < end) {
    const token = block[from++] as number;
    let literals = token >> 4;
    if (literals === 15) {
      let more = 255;
      while (more === 255) {
        if (from >= end) return ~to;
        more = block[from++] as number;
        literals += more;
      }
    }
    if (from + literals > end || to + literals > limit) return ~to;
    if (literals < 16) for (let i = 0; i < literals; i++) out[to + i] = block[from + i] as number;
    else out.set(block.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    // The last sequence is literals alone.
    if (from === end) return to;

    if (from + 2 > end) return ~to;
    const distance = (block[from] as number) | ((block[from + 1] as number) << 8);
    from += 2;
    if (distance === 0 || distance > to) return ~to;
    let length = token & 15;
    if (length === 15) {
      let more = 255;
      while (more === 255) {
        if (from >= end) return ~to;
        more = block[from++] as number;
        length += more;
      }
    }
    length += 4;
    if (to + length > limit) return ~to;
    copyMatch(out, to, distance, length);
    to += length;
  }
  // A block ends with literals, be they none.
  return ~to;
}

/** Copies bytes from `distance` behind; source and target overlap when the distance is short, which repeats a pattern. */
export function copyMatch(out: Uint8Array, to: number, distance: number, length: number): void {
  if (distance === 1 && length > 16) {
    out.fill(out[to - 1] as number, to, to + length);
    return;
  }
  if (length <= 24) {
    for (let i = 0; i < length; i++) out[to + i] = out[to + i - distance] as number;
    return;
  }
  // Each copy doubles what the next can take.
  let done = 0;
  let step = distance;
  while (done < length) {
    const part = Math.min(step, length - done);
    out.copyWithin(to + done, to - distance, to - distance + part);
    done += part;
    step += part;
  }
}
