/**
 * Bytes of a hostile file as text that is safe to print: UTF-8 where valid, every control character and invalid byte escaped as
 * `\xNN`, at most `limit` characters.
 */
export function printable(bytes: Uint8Array, limit = 4096): string {
  if (bytes.length <= limit && isPlain(bytes)) return latin1(bytes);
  let text = '';
  for (let i = 0; i < bytes.length && text.length < limit;) {
    const sequence = utf8At(bytes, i);
    if (sequence === undefined) {
      text += escapeByte(bytes[i] ?? 0);
      i++;
      continue;
    }
    text += isControl(sequence.codePoint)
      ? `\\x${sequence.codePoint.toString(16).padStart(2, '0')}`
      : String.fromCodePoint(sequence.codePoint);
    i += sequence.length;
  }
  return text;
}

/** A C string from a fixed field: ends at the first NUL or at the field's end. */
export function fixedString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return printable(end < 0 ? bytes : bytes.subarray(0, end));
}

/**
 * A path as its bytes, decoded so that opening it finds the same file: UTF-8 where valid, otherwise Latin-1. Not escaped: show it
 * through `printable`.
 */
export function pathText(bytes: Uint8Array): string {
  if (isAscii(bytes)) return latin1(bytes);
  let text = '';
  for (let i = 0; i < bytes.length;) {
    const sequence = utf8At(bytes, i);
    if (sequence === undefined) return latin1(bytes);
    text += String.fromCodePoint(sequence.codePoint);
    i += sequence.length;
  }
  return text;
}

/** One character per byte. */
export function latin1(bytes: Uint8Array): string {
  if (bytes.length <= CHUNK) {
    // As an array of its own: the engine spreads a typed array over arguments element by element, many times as slowly.
    const codes: number[] = [];
    for (const byte of bytes) codes.push(byte);
    return String.fromCharCode.apply(null, codes);
  }
  let text = '';
  for (let i = 0; i < bytes.length; i += CHUNK) text += latin1(bytes.subarray(i, i + CHUNK));
  return text;
}

/** How many arguments one call takes without trouble. */
const CHUNK = 4096;

function isPlain(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte < 0x20 || byte >= 0x7f) return false;
  return true;
}

function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte >= 0x80) return false;
  return true;
}

/** Two lower-case digits per byte, in the order of the bytes. */
export function hexBytes(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

function isControl(codePoint: number): boolean {
  // C0, DEL, C1, line separators and the bidirectional controls that can make text lie about its order.
  return (
    codePoint < 0x20 ||
    (codePoint >= 0x7f && codePoint < 0xa0) ||
    codePoint === 0x2028 ||
    codePoint === 0x2029 ||
    (codePoint >= 0x202a && codePoint <= 0x202e) ||
    (codePoint >= 0x2066 && codePoint <= 0x2069)
  );
}

function escapeByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

function utf8At(bytes: Uint8Array, i: number): { codePoint: number; length: number } | undefined {
  const first = bytes[i] ?? 0;
  if (first < 0x80) return { codePoint: first, length: 1 };
  const length =
    first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xc2 && first < 0xe0 ? 2 : 0;
  if (length === 0 || i + length > bytes.length) return undefined;
  let codePoint = first & (0x7f >> length);
  for (let k = 1; k < length; k++) {
    const byte = bytes[i + k] ?? 0;
    if ((byte & 0xc0) !== 0x80) return undefined;
    codePoint = (codePoint << 6) | (byte & 0x3f);
  }
  const shortest = length === 2 ? 0x80 : length === 3 ? 0x800 : 0x10000;
  if (codePoint < shortest || codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint < 0xe000)) return undefined;
  return { codePoint, length };
}

/** Nothing in it has to be escaped. */
const ORDINARY = /^[\x20-\x7e]*$/;

/** A path for display: control characters and what could be mistaken for them escaped. */
export function printablePath(path: string, limit = 4096): string {
  if (path.length < limit && ORDINARY.test(path)) return path;
  let text = '';
  for (const character of path) {
    const codePoint = character.codePointAt(0) ?? 0;
    text += isControl(codePoint) ? `\\x${codePoint.toString(16).padStart(2, '0')}` : character;
    if (text.length >= limit) return `${text}…`;
  }
  return text;
}
