import type { ModuleImage } from './moduleImage.js';

/**
 * Where binaries come from; implemented outside the engine. It finds files, the engine decides whether they are the right ones.
 */
export interface BinaryProvider {
  /** Files that may be the binary of a module, best first; each is opened only when asked for. */
  binaries(request: BinaryRequest): Iterable<ModuleImage>;
  /** Files that may hold the debug information of a binary, best first. */
  debugFiles(request: DebugFileRequest): Iterable<ModuleImage>;
}

export interface BinaryRequest {
  /** As mapped, without " (deleted)". */
  readonly path: string;
  readonly buildId?: string;
  /** Whether it is the program itself, for which the user may have named a file. */
  readonly isExecutable: boolean;
}

export interface DebugFileRequest {
  /** `undefined` when only the build id is known. */
  readonly image?: ModuleImage;
  readonly buildId?: string;
}

/** Finds nothing: what is in the core must do. */
export const noBinaries: BinaryProvider = { binaries: () => [], debugFiles: () => [] };
