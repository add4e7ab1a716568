/**
 * A Rust name mangled the legacy way, as c++filt prints it, with its hash: path components by length inside `_ZN ... E` as in C++, the
 * last of them `h` and 16 hexadecimal digits, and punctuation written as `$LT$` (rustc: `symbol_names/legacy.rs`). A suffix from the
 * compiler's back end (`.llvm.123`) is dropped. Undefined if it is none.
 */
export function demangleRustLegacy(symbol: string): string | undefined {
  // Cheap tests first: most names that come here are C++.
  const hash = /17h[0-9a-f]{16}E(?:\.[!-~]*)?$/.exec(symbol);
  if (hash === null || !symbol.startsWith('_ZN') || !/^[\w.$:-]+$/.test(symbol)) return undefined;
  const end = hash.index + 19;
  const components: string[] = [];
  let position = 3;
  while (position < end) {
    const length = /^[1-9][0-9]{0,5}/.exec(symbol.slice(position, position + 6))?.[0];
    if (length === undefined) return undefined;
    const start = position + length.length;
    position = start + Number(length);
    if (position > end) return undefined;
    components.push(unescaped(symbol.slice(start, position)));
  }
  return components.length < 2 ? undefined : components.join('::');
}

const escapes: Readonly<Record<string, string>> = {
  SP: '@',
  BP: '*',
  RF: '&',
  LT: '<',
  GT: '>',
  LP: '(',
  RP: ')',
  C: ',',
};

/** One component as it was written. From an escape that is not known on, it stays as it is. */
function unescaped(component: string): string {
  // An underscore protects an escape at the start, which would not be an identifier.
  let rest = component.startsWith('_$') ? component.slice(1) : component;
  let text = '';
  while (rest !== '') {
    const plain = /^[^.$]+/.exec(rest)?.[0];
    if (plain !== undefined) {
      text += plain;
      rest = rest.slice(plain.length);
    } else if (rest.startsWith('..')) {
      text += '::';
      rest = rest.slice(2);
    } else if (rest.startsWith('.')) {
      text += '.';
      rest = rest.slice(1);
    } else {
      const end = rest.indexOf('$', 1);
      const character = escaped(rest.slice(1, Math.max(end, 1)));
      if (character === undefined) return text + rest;
      text += character;
      rest = rest.slice(end + 1);
    }
  }
  return text;
}

/** The character of `LT`, or of `u7e` in hexadecimal; control characters are not written that way. */
function escaped(name: string): string | undefined {
  if (!/^u[0-9a-f]{1,6}$/.test(name)) return /^[A-Z]{1,2}$/.test(name) ? escapes[name] : undefined;
  const codePoint = Number.parseInt(name.slice(1), 16);
  return codePoint >= 0x20 && codePoint < 0x7f ? String.fromCharCode(codePoint) : undefined;
}
