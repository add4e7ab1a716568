import { createHash, hash } from 'node:crypto';
import { runtimeAddress } from '../engine/base/addresses.js';
import type { CoreImage } from '../engine/core/coreImage.js';

/** AT_RANDOM: the address of 16 random bytes that each exec gets (getauxval(3)). */
const AT_RANDOM = 25;
const RANDOM_BYTES = 16;
/** Enough for what the kernel writes of the thread that died, its process and its files. */
const MOST_NOTES = 64 * 1024;
/** Where stacks end when addresses are not randomized (TASK_SIZE less a page), and a little below. */
const FIXED_STACK = { from: 0x7fff_fff0_0000n, to: 0x7fff_ffff_f000n };

/**
 * Equal for copies of one core, however they are called, compressed or cut behind their notes; unequal for two crashes. The notes hold
 * process id, registers, times and addresses, which are random; where they are not, the random bytes of the process tell too.
 *
 * @returns 16 hexadecimal digits; `undefined` when the notes cannot be read
 */
export function crashIdentity(core: CoreImage): string | undefined {
  const hash = createHash('sha256');
  let left = MOST_NOTES;
  for (const { type, offset, filesz } of core.elf.segments) {
    if (type !== 'note' || left <= 0) continue;
    const wanted = Math.min(left, Number(filesz < BigInt(left) ? filesz : BigInt(left)));
    const { bytes } = core.elf.source.read(offset, wanted);
    if (bytes.length < wanted) return undefined;
    hash.update(bytes);
    left -= wanted;
  }
  if (left === MOST_NOTES) return undefined;
  const random = core.auxv.get(AT_RANDOM);
  if (random !== undefined && random >= FIXED_STACK.from && random < FIXED_STACK.to)
    hash.update(core.memory.read(runtimeAddress(random), RANDOM_BYTES).bytes);
  return hash.digest('hex').slice(0, DIGITS);
}

const DIGITS = 16;

/** 16 hexadecimal digits for a listed core. A place that tells no revision is told apart by name and size alone. */
export function entryIdentity(entry: {
  readonly source: string;
  readonly size?: number;
  readonly revision?: string;
}): string {
  const text = JSON.stringify([entry.source, entry.size ?? null, entry.revision ?? null]);
  return hash('sha256', text, 'hex').slice(0, DIGITS);
}
