import { hex, runtimeAddress } from '../base/addresses.js';
import type { ModuleMap } from '../modules/moduleMap.js';
import type { AddressSpace } from './addressSpace.js';
import { classifyUnmapped, shortPath } from './classifyWord.js';

/**
 * What a word is, so that it reads the same in every process that does the same wherever it was loaded: `zero`, `number -1`, `text abcd`,
 * `code libc.so.6+0x1234`, `data libc.so.6+0x20`, `stack +0x40` (from the stack pointer; `stack of another thread`), `heap 0x...`,
 * `mapped 0x...`, and for what nothing maps `unmapped`, `kernel` or `noncanonical` with its digits. Needs no bytes of memory and no symbols.
 *
 * @param sp the stack pointer at the crash
 */
export function plainWord(word: bigint, sp: bigint, space: AddressSpace, modules: ModuleMap): string {
  if (word === 0n) return 'zero';
  const place = space.find(word);
  if (place === undefined) return unmappedWord(word);
  if (place.executable) return `code ${inModule(word, modules) ?? hex(word)}`;
  switch (place.role) {
    case 'stack':
      return sp >= place.start && sp < place.end ? `stack ${signed(word - sp)}` : 'stack of another thread';
    case 'heap':
      return `heap ${hex(word)}`;
    case 'module':
      return `data ${inModule(word, modules) ?? hex(word)}`;
    case 'mapped':
      return `mapped ${hex(word)}`;
  }
}

/** The first page is never mapped: what points there is a small number. */
const USER = 0x1_0000n;
const USER_END = 1n << 47n;
const KERNEL = -(1n << 47n);

function unmappedWord(word: bigint): string {
  const { kind, text } = classifyUnmapped(word);
  if (kind === 'string') return `text ${text.slice(1, -1)}`;
  if (kind === 'number') return `number ${text}`;
  if (word >= USER && word < USER_END) return `unmapped ${hex(word)}`;
  return `${BigInt.asIntN(64, word) >= KERNEL && BigInt.asIntN(64, word) < 0n ? 'kernel' : 'noncanonical'} ${hex(word)}`;
}

function inModule(word: bigint, modules: ModuleMap): string | undefined {
  const module = modules.find(runtimeAddress(word));
  return module === undefined ? undefined : `${shortPath(module.path)}+${hex(word - module.start)}`;
}

function signed(offset: bigint): string {
  return offset < 0n ? `-${hex(-offset)}` : `+${hex(offset)}`;
}
