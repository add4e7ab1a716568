/**
 * The text behind a Punycode identifier (RFC 3492, with `_` as delimiter as in Rust's RFC 2603): the ASCII characters first, then where
 * to put the others. Undefined if malformed or unreasonably long.
 */
export function decodePunycode(encoded: string): string | undefined {
  if (encoded.length > MAX_LENGTH) return undefined;
  const delimiter = encoded.lastIndexOf('_');
  const output = delimiter > 0 ? Array.from(encoded.slice(0, delimiter), (c) => c.charCodeAt(0)) : [];
  let position = delimiter >= 0 ? delimiter + 1 : 0;
  let codePoint = 0x80;
  let index = 0;
  let bias = 72;
  if (position === encoded.length) return undefined;
  while (position < encoded.length) {
    const before = index;
    for (let weight = 1, k = BASE; ; k += BASE) {
      const digit = digitValue(encoded.charCodeAt(position++));
      if (digit === undefined) return undefined;
      index += digit * weight;
      if (index > 0x7fffffff) return undefined;
      const threshold = Math.min(Math.max(k - bias, 1), 26);
      if (digit < threshold) break;
      weight *= BASE - threshold;
      if (weight > 0x7fffffff) return undefined;
    }
    const length = output.length + 1;
    bias = adapted(index - before, length, before === 0);
    codePoint += Math.floor(index / length);
    index %= length;
    if (codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint < 0xe000)) return undefined;
    output.splice(index++, 0, codePoint);
  }
  return output.map((c) => String.fromCodePoint(c)).join('');
}

/** Insertion is quadratic. */
const MAX_LENGTH = 2048;

const BASE = 36;

function digitValue(code: number): number | undefined {
  if (code >= 0x61 && code <= 0x7a) return code - 0x61;
  if (code >= 0x30 && code <= 0x39) return code - 0x30 + 26;
  return undefined;
}

/** RFC 3492 §6.1 */
function adapted(delta: number, length: number, first: boolean): number {
  let rest = Math.floor(delta / (first ? 700 : 2));
  rest += Math.floor(rest / length);
  let k = 0;
  for (; rest > 455; k += BASE) rest = Math.floor(rest / 35);
  return k + Math.floor((36 * rest) / (rest + 38));
}
