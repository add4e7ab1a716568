/** What this project uses of elfy 1.0.0; the package ships no types. */
declare module 'elfy' {
  interface ElfyHeader {
    class: '32' | '64';
    endian: 'lsb' | 'msb';
    type: string | undefined;
    machine: string | undefined;
    phoff: number;
    phentsize: number;
    phnum: number;
    shoff: number;
    shentsize: number;
    shnum: number;
    shstrndx: number;
  }
  interface ElfyProgram {
    type: string | undefined;
    offset: number;
    vaddr: number;
    filesz: number;
    memsz: number;
    flags: { r?: boolean; w?: boolean; x?: boolean };
  }
  export class Parser {
    parseHeader(bytes: Uint8Array): ElfyHeader;
    parsePrograms(bytes: Uint8Array, header: ElfyHeader): ElfyProgram[];
  }
}
