import { ByteCursor } from '../base/byteCursor.js';
import { SHT_DYNSYM, stringAt } from '../elf/sections.js';
import type { ElfSymbol } from '../elf/symbolTable.js';
import type { ImageFile } from './imageTools.js';
import { EM_X86_64 } from '../elf/machineName.js';

/** Sections with stubs, as the linkers of binutils, lld and mold call them. */
const STUB_SECTIONS = ['.plt', '.plt.sec', '.plt.got', '.plt.bnd', '.iplt'];
const RELOCATIONS = ['.rela.plt', '.rela.dyn', '.rela.iplt'];

const R_X86_64_GLOB_DAT = 6;
const R_X86_64_JUMP_SLOT = 7;
const R_X86_64_IRELATIVE = 37;
/** More imports than any binary has. */
const MOST_STUBS = 1 << 17;

/**
 * Names of the stubs in the procedure linkage table (x86-64 psABI §5.2): each jumps through a slot of the GOT, and the relocation
 * of that slot names the function. As binutils' synthetic symbols: `f@plt`.
 */
export class PltEntries {
  readonly #names = new Map<bigint, string>();
  readonly #sections: readonly StubSection[];

  constructor(image: ImageFile) {
    const slots = image.elf.machine === EM_X86_64 ? importSlots(image) : new Map<bigint, string>();
    this.#sections = slots.size === 0 ? [] : STUB_SECTIONS.flatMap((name) => this.#decode(image, name, slots));
  }

  find(address: bigint): ElfSymbol | undefined {
    const section = this.#sections.find(({ start, end }) => address >= start && address < end);
    if (section === undefined) return undefined;
    const value = address - ((address - section.start) % BigInt(section.entrySize));
    const name = this.#names.get(value);
    return name === undefined ? undefined : { name: `${name}@plt`, value, size: section.entrySize, kind: 'function' };
  }

  #decode(image: ImageFile, name: string, slots: ReadonlyMap<bigint, string>): StubSection[] {
    const found = image.section(name);
    if (found === undefined) return [];
    const { bytes, address } = found;
    const entrySize = stubSize(bytes);
    for (let at = 0; at + entrySize <= bytes.length && this.#names.size < MOST_STUBS; at += entrySize) {
      const target = stubTarget(bytes, at, at + entrySize);
      const called = target === undefined ? undefined : slots.get(address + BigInt(target));
      if (called !== undefined) this.#names.set(address + BigInt(at), called);
    }
    return [{ start: address, end: address + BigInt(bytes.length), entrySize }];
  }
}

interface StubSection {
  readonly start: bigint;
  readonly end: bigint;
  readonly entrySize: number;
}

/** Stubs of `.plt.got` without endbr64 have 8 bytes: the jump fits and, where there is a second one, it follows there. */
function stubSize(bytes: Uint8Array): number {
  if (stubTarget(bytes, 0, 8) === undefined) return 16;
  return bytes.length === 8 || stubTarget(bytes, 8, 16) !== undefined ? 8 : 16;
}

/** Where `jmp *disp(%rip)` of the stub at `at` reads its target, relative to the section; an endbr64 and a bnd may stand before it. */
function stubTarget(bytes: Uint8Array, at: number, end = at + 16): number | undefined {
  let i = at;
  if (bytes[i] === 0xf3 && bytes[i + 1] === 0x0f && bytes[i + 2] === 0x1e && bytes[i + 3] === 0xfa) i += 4;
  if (bytes[i] === 0xf2) i++;
  if (bytes[i] !== 0xff || bytes[i + 1] !== 0x25 || i + 6 > Math.min(end, bytes.length)) return undefined;
  return i + 6 + new DataView(bytes.buffer, bytes.byteOffset + i + 2, 4).getInt32(0, true);
}

/** The function that the dynamic linker writes into each slot of the GOT, by the slot's link address. */
export function importSlots(image: ImageFile): ReadonlyMap<bigint, string> {
  const names = new Map<bigint, string>();
  const dynsym = image.sections.find((section) => section.type === SHT_DYNSYM);
  const strings = dynsym === undefined ? undefined : image.section(image.sections[dynsym.link]?.name ?? '')?.bytes;
  const symbols = dynsym === undefined ? undefined : image.section(dynsym.name)?.bytes;
  for (const name of RELOCATIONS) {
    const bytes = image.section(name)?.bytes ?? new Uint8Array(0);
    const cursor = new ByteCursor(bytes, true);
    while (cursor.remaining >= 24 && names.size < MOST_STUBS) {
      const slot = cursor.u64();
      const info = cursor.u64();
      const addend = cursor.u64();
      const type = Number(info & 0xffffffffn);
      // A static program resolves its own functions: there is no symbol, only the resolver's address.
      if (type === R_X86_64_IRELATIVE) names.set(slot, `*ABS*+0x${addend.toString(16)}`);
      if (type !== R_X86_64_JUMP_SLOT && type !== R_X86_64_GLOB_DAT) continue;
      const at = Number(info >> 32n) * 24;
      if (symbols === undefined || strings === undefined || at + 24 > symbols.length) continue;
      const text = stringAt(strings, new ByteCursor(symbols, true).seek(at).u32());
      if (text !== '') names.set(slot, text);
    }
  }
  return names;
}
