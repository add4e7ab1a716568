import type { ByteSource } from '../base/byteSource.js';
import { Diagnostics } from '../base/diagnostics.js';
import { isElfMagic, openElf } from '../elf/elfFile.js';

/** What a file that is no core is instead: a machine-readable name, and words for one sentence. */
export interface FileIdentity {
  readonly format: string;
  readonly words: string;
}

/** Looks at the first bytes only. */
export function identifyFile(source: ByteSource): FileIdentity {
  if (source.size === 0n) return { format: 'empty', words: 'it is empty' };
  const { bytes } = source.read(0n, 512);
  if (bytes.length === 0) return { format: 'unreadable', words: 'its first bytes cannot be read' };
  if (isElfMagic(bytes)) return identifyElf(source, bytes.length);
  for (const [format, words, magic] of MAGICS) {
    if (magic.every((byte, i) => bytes[i] === byte)) return { format, words };
  }
  const printable = bytes.every((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 0x20 && byte !== 0x7f));
  if (printable) return { format: 'text', words: 'it is text' };
  return bytes.every((byte) => byte === 0)
    ? { format: 'zeros', words: 'its first bytes are all zero, as after an interrupted upload or a lost disk block' }
    : { format: 'unknown', words: 'its first bytes are those of no format known here' };
}

const MAGICS: readonly (readonly [format: string, words: string, magic: readonly number[]])[] = [
  ['zstd', 'it is zstd-compressed', [0x28, 0xb5, 0x2f, 0xfd]],
  ['gzip', 'it is gzip-compressed', [0x1f, 0x8b]],
  ['xz', 'it is xz-compressed', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['lz4', 'it is lz4-compressed', [0x04, 0x22, 0x4d, 0x18]],
  ['zip', 'it is a zip archive', [0x50, 0x4b, 0x03, 0x04]],
  ['minidump', 'it is a minidump, not an ELF core', [0x4d, 0x44, 0x4d, 0x50]],
  ['kdump', 'it is a kernel crash dump of kdump, not a core of a process', [0x4b, 0x44, 0x55, 0x4d, 0x50]],
  ['mach-o', 'it is a Mach-O file, not ELF', [0xcf, 0xfa, 0xed, 0xfe]],
];

function identifyElf(source: ByteSource, available: number): FileIdentity {
  const elf = openElf(source, new Diagnostics());
  if (available < 20 || elf === undefined)
    return { format: 'elf-cut', words: `it ends after ${available} bytes, inside its ELF header` };
  switch (elf.type) {
    case 'exec':
    case 'dyn':
      return { format: 'elf-executable', words: 'it is an ELF executable or shared library, not a core' };
    case 'rel':
      return { format: 'elf-object', words: 'it is an ELF object file, not a core' };
    default:
      return { format: `elf-${elf.type}`, words: `it is an ELF file of type "${elf.type}", not a core` };
  }
}
