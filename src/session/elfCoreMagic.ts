/** ELF magic and e_type ET_CORE, in either byte order. */
export function isElfCore(bytes: Uint8Array): boolean {
  const elf = bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
  return elf && (bytes[5] === 2 ? bytes[17] === 4 && bytes[16] === 0 : bytes[16] === 4 && bytes[17] === 0);
}
