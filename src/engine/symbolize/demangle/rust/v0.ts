import { FormatError } from '../../../base/byteCursor.js';
import { openPath, path } from './v0Paths.js';
import { V0Reader } from './v0Reader.js';
import { type } from './v0Types.js';

/**
 * A Rust name of the v0 scheme (RFC 2603), `_R` first, as c++filt prints it: crates with their hashes, constants with their types. What
 * the compiler's back end adds (`.llvm.123`) and the instantiating crate are left out. Undefined if it is none.
 */
export function demangleRustV0(symbol: string): string | undefined {
  // A capital follows: the start of a path. A digit there would be a version of the scheme that does not exist yet.
  if (!/^_R[A-Z]\w*(?:\..*)?$/s.test(symbol)) return undefined;
  const r = new V0Reader(symbol.slice(2).replace(/\..*$/s, ''), { openPath, type });
  try {
    path(r, true);
    if (!r.atEnd)
      r.silently(() => {
        path(r, false);
      });
    return r.atEnd ? r.out.toString() : undefined;
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
