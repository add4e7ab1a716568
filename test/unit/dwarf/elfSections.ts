import { inflateSync } from 'node:zlib';
import { decompress } from 'fzstd';

/** One section of an ELF64 little-endian file, decompressed. */
export interface TestSection {
  readonly name: string;
  readonly type: number;
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

/** Just enough of ELF to hand sections to the code under test; trusts its input. */
export function elfSections(file: Uint8Array): Map<string, TestSection> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const table = Number(view.getBigUint64(0x28, true));
  const entrySize = view.getUint16(0x3a, true);
  const count = view.getUint16(0x3c, true) || Number(view.getBigUint64(table + 0x20, true));
  const nameIndex = view.getUint16(0x3e, true);
  const header = (index: number) => {
    const at = table + index * entrySize;
    return {
      name: view.getUint32(at, true),
      type: view.getUint32(at + 4, true),
      flags: view.getBigUint64(at + 8, true),
      address: view.getBigUint64(at + 16, true),
      offset: Number(view.getBigUint64(at + 24, true)),
      size: Number(view.getBigUint64(at + 32, true)),
    };
  };
  const names = header(nameIndex);
  const sections = new Map<string, TestSection>();
  for (let i = 1; i < count; i++) {
    const { name, type, flags, address, offset, size } = header(i);
    let end = names.offset + name;
    while (file[end] !== 0) end++;
    const text = new TextDecoder().decode(file.subarray(names.offset + name, end));
    const raw = type === 8 ? new Uint8Array(0) : file.subarray(offset, offset + size);
    const bytes = (flags & 0x800n) !== 0n ? decompressed(raw) : raw;
    if (!sections.has(text)) sections.set(text, { name: text, type, address, bytes });
  }
  return sections;
}

/** Elf64_Chdr: type, reserved, size, alignment, then the stream. */
function decompressed(raw: Uint8Array): Uint8Array {
  const type = new DataView(raw.buffer, raw.byteOffset).getUint32(0, true);
  const stream = raw.subarray(24);
  return type === 2 ? decompress(stream) : new Uint8Array(inflateSync(stream));
}
