import { pathText } from '../../base/text.js';

/** The text's UTF-8, one character per byte; ASCII is returned as it is. */
export function toUtf8(text: string): string {
  // Half a surrogate pair cannot be encoded, and stands in no symbol that was decoded from bytes.
  if (isAscii(text) || /\p{Surrogate}/u.test(text)) return text;
  return encodeURIComponent(text).replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** The inverse; what is not UTF-8 stays one character per byte. */
export function fromUtf8(bytes: string): string {
  return isAscii(bytes) ? bytes : pathText(Uint8Array.from(bytes, (c) => c.charCodeAt(0)));
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
