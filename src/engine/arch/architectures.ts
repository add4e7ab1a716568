import { aarch64 } from './aarch64/aarch64.js';
import type { Architecture } from './architecture.js';
import { i386 } from './i386/i386.js';
import { x32 } from './x32/x32.js';
import { x86_64 } from './x86_64/x86_64.js';

/** The architecture called `arch` in an ELF file, or `undefined` when it is recognised by name only. */
export function architectureOf(arch: string): Architecture | undefined {
  switch (arch) {
    case 'x86_64':
      return x86_64;
    case 'aarch64':
      return aarch64;
    case 'x32':
      return x32;
    case 'i386':
      return i386;
    default:
      return undefined;
  }
}
