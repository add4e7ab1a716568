import { createHash } from 'node:crypto';
import type { CoreImage } from '../engine/core/coreImage.js';

/** Enough for the registers of hundreds of threads; no two cores agree in as much. */
const MOST_BYTES = 1 << 20;

/**
 * Which core this is: a hash over the beginning of its notes, which hold process ids, registers and random addresses. Equal for copies
 * under other names, compressed or not, and for one that was cut behind its notes.
 */
export function coreIdentity(core: CoreImage): { readonly identity: string; readonly about: string } {
  const hash = createHash('sha256');
  let left = MOST_BYTES;
  for (const { type, offset, filesz } of core.elf.segments) {
    if (type !== 'note' || left === 0) continue;
    const { bytes } = core.elf.source.read(offset, Math.min(left, Number(filesz)));
    hash.update(bytes);
    left -= bytes.length;
  }
  // Without notes there is nothing else to tell it by.
  if (left === MOST_BYTES) hash.update(core.elf.source.read(0n, 4096).bytes).update(String(core.elf.source.size));
  return { identity: `sha256:${hash.digest('hex')}`, about: words(core) };
}

function words({ process, signal }: CoreImage): string {
  const parts = [];
  if (process !== undefined) parts.push(`${process.comm} (pid ${process.pid})`);
  if (signal !== undefined) parts.push(`signal ${signal.number}`);
  return parts.join(', ');
}
