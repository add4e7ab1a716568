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
  /** Of a `Buffer`, what is read of a table. */
  export interface ElfyTable {
    readonly length: number;
    slice(start: number, end: number): ElfyTable;
    readUInt32LE(offset: number): number;
    readUInt32BE(offset: number): number;
  }
  export class Parser {
    setEndian(endian: 'lsb' | 'msb'): void;
    setWord(bytes: 4 | 8): void;
    parseHeader(bytes: Uint8Array): ElfyHeader;
    parsePrograms(table: ElfyTable, header: Pick<ElfyHeader, 'class' | 'phoff' | 'phentsize' | 'phnum'>): ElfyProgram[];
  }
}
