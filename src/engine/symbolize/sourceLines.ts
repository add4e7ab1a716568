import type { RuntimeAddress } from '../base/addresses.js';
import type { LoadModule } from '../modules/loadModule.js';

/** File and line of a code address, with the functions inlined there. */
export interface SourceLines {
  /**
   * Innermost inline function first; the last entry is the function the address belongs to.
   *
   * @returns `undefined` when the module has no debug information for the address
   */
  locate(module: LoadModule, address: RuntimeAddress): readonly SourceLine[] | undefined;
}

export interface SourceLine {
  /** Readable name; `undefined` when the debug information gives none. */
  readonly function?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}
