import type { AlternateLink } from './debugLinks.js';
import type { ModuleImage } from './moduleImage.js';

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
  alternates(image: ModuleImage, link: AlternateLink): Iterable<ModuleImage>;
  /**
   * Split debug files and packages that may hold a unit of `image`, best first.
   *
   * @param name path of the `.dwo` as the compiler wrote it, joined with its working directory
   */
  splits(image: ModuleImage, name: string): Iterable<ModuleImage>;
}
