import { fromUtf8, toUtf8 } from './utf8.js';
import { demangleItanium } from './itanium/itanium.js';
import { demangleRustLegacy } from './rust/legacy.js';
import { demangleRustV0 } from './rust/v0.js';

/**
 * The source name of a linker symbol, as GNU c++filt 2.40 prints it with its defaults: C++ (Itanium C++ ABI) with parameters, Rust
 * legacy and v0 (RFC 2603) with their hashes. A symbol version or `@plt` stays behind the name. Undefined when the symbol is not
 * mangled (C, Go) or not understood, or when the answer would exceed the limits: show the symbol itself then.
 *
 * Time and memory are bounded whatever the symbol says.
 */
export function demangle(symbol: string): string | undefined {
  if (symbol.length > MAX_SYMBOL) return undefined;
  const at = symbol.indexOf('@');
  if (at > 0) {
    const name = demangle(symbol.slice(0, at));
    return name === undefined ? undefined : name + symbol.slice(at);
  }
  const start = symbol.charAt(0) === '$' ? 1 : 0;
  const code = symbol.charAt(start) === '_' ? symbol.charAt(start + 1) : '';
  const mangled = start === 0 ? symbol : symbol.slice(1);
  switch (code) {
    case 'Z':
      return demangleRustLegacy(mangled) ?? cppName(mangled);
    case 'R':
      return demangleRustV0(mangled);
    case 'G':
      return globalConstructors(mangled);
    default:
      return undefined;
  }
}

/** Real names are shorter than this by an order of magnitude. */
const MAX_SYMBOL = 32_768;

/** Lengths in a name count bytes. */
function cppName(symbol: string): string | undefined {
  const bytes = toUtf8(symbol);
  const demangled = demangleItanium(bytes);
  return demangled === undefined || bytes === symbol ? demangled : fromUtf8(demangled);
}

/** `_GLOBAL__I_x`, `_GLOBAL__D_x`: what runs before and after main. */
function globalConstructors(symbol: string): string | undefined {
  const match = /^_GLOBAL_[._$]([ID])_(.+)$/s.exec(symbol);
  if (match === null) return undefined;
  const [, kind, key = ''] = match;
  const named = key.startsWith('_Z') ? (demangle(key) ?? key) : key;
  return `global ${kind === 'I' ? 'constructors' : 'destructors'} keyed to ${named}`;
}
