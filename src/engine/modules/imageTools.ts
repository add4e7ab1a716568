import type { ByteSource } from '../base/byteSource.js';
import type { DebugSections } from '../dwarf/debugSections.js';
import type { ElfFile } from '../elf/elfFile.js';
import type { Section } from '../elf/sections.js';
import type { AlternateLink } from './debugLinks.js';

/** What the parts of an image see of it, and images of each other. */
export interface ImageFile {
  readonly path: string;
  readonly elf: ElfFile;
  readonly buildId: string | undefined;
  readonly sections: readonly Section[];
  readonly debugSections: DebugSections;
  section(name: string): { readonly bytes: Uint8Array; readonly address: bigint } | undefined;
  sectionSource(name: string): ByteSource | undefined;
}

/** What an image needs from outside: the engine knows neither files nor decompressors. */
export interface ImageTools {
  readonly inflate?: Inflate;
  /** Decompresses `.gnu_debugdata`, an xz stream; `undefined` when it cannot. */
  readonly unxz?: (bytes: Uint8Array) => Uint8Array | undefined;
  readonly companions?: Companions;
}

/**
 * Decompresses a section that starts with an Elf_Chdr (gABI, "Section Compression"). `undefined` when it cannot.
 */
export type Inflate = (section: Uint8Array, is64: boolean, littleEndian: boolean) => Uint8Array | undefined;

/** Finds the files that the debug information of a file refers to. Whether they are the right ones, the engine decides. */
export interface Companions {
  /** Files that may hold what dwz moved out of `image`, best first. */
  alternates(image: ImageFile, link: AlternateLink): Iterable<ImageFile>;
  /**
   * Split debug files and packages that may hold a unit of `image`, best first.
   *
   * @param name path of the `.dwo` as the compiler wrote it, joined with its working directory
   */
  splits(image: ImageFile, name: string): Iterable<ImageFile>;
}
