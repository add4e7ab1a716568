import { runtimeAddress } from '../base/addresses.js';
import { ByteCursor } from '../base/byteCursor.js';
import { AT_SYSINFO_EHDR } from '../core/processNotes.js';
import type { CoreImage } from '../core/coreImage.js';

/**
 * The kernel that the process ran under, `6.1.90`: its vDSO, which every core of a process holds, has a note of owner `Linux` and type 0
 * with LINUX_VERSION_CODE (arch/x86/entry/vdso/note.S, include/linux/elfnote.h). The last number is at most 255, as that code has it.
 *
 * @returns `undefined` where the vDSO is not in the core, or is a 32-bit one
 */
export function kernelVersion(core: CoreImage): string | undefined {
  const start = core.auxv.get(AT_SYSINFO_EHDR);
  if (start === undefined) return undefined;
  const { bytes } = core.memory.read(runtimeAddress(start), VDSO_HEAD);
  const notes = noteSegment(bytes);
  return notes === undefined ? undefined : versionIn(notes);
}

/** The notes of a vDSO lie in its first page. */
const VDSO_HEAD = 4096;
const PT_NOTE = 4;
const PROGRAM_HEADER_SIZE = 56;

/** The note segment of a 64-bit ELF image that is mapped from its first byte on. */
function noteSegment(image: Uint8Array): Uint8Array | undefined {
  const isElf64 = image.length >= 64 && MAGIC.every((byte, i) => image[i] === byte);
  if (!isElf64) return undefined;
  const header = new ByteCursor(image);
  const table = Number(header.seek(32).u64());
  const count = header.seek(56).u16();
  for (let i = 0; i < count; i++) {
    const at = table + i * PROGRAM_HEADER_SIZE;
    if (at + PROGRAM_HEADER_SIZE > image.length) return undefined;
    if (header.seek(at).u32() !== PT_NOTE) continue;
    const offset = Number(header.seek(at + 8).u64());
    const size = Number(header.seek(at + 32).u64());
    return image.subarray(offset, offset + size);
  }
  return undefined;
}

/** ELF, 64 bits, little-endian. */
const MAGIC: readonly number[] = [0x7f, 0x45, 0x4c, 0x46, 2, 1];

function versionIn(notes: Uint8Array): string | undefined {
  const cursor = new ByteCursor(notes);
  for (let at = 0; at + 12 <= notes.length;) {
    const [nameSize, size, type] = [cursor.seek(at).u32(), cursor.u32(), cursor.u32()];
    const desc = at + 12 + aligned(nameSize);
    const owner = String.fromCharCode(...notes.subarray(at + 12, at + 12 + Math.min(nameSize, 6)));
    if (type === 0 && owner === 'Linux\0' && size >= 4 && desc + 4 <= notes.length) {
      const code = cursor.seek(desc).u32();
      return `${code >>> 16}.${(code >>> 8) & 0xff}.${code & 0xff}`;
    }
    at = desc + aligned(size);
  }
  return undefined;
}

function aligned(size: number): number {
  return Math.ceil(size / 4) * 4;
}
