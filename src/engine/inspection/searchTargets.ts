import type { SearchTarget } from '../../shared/queries.js';
import { bytesPattern, pointersPattern, type SearchPattern } from '../values/searchPattern.js';
import { QueryError } from './queryError.js';

/** Longer needles are no longer looked for by people. */
const LONGEST = 4096;

/** @throws QueryError when there is nothing to look for */
export function patternOf(what: Exclude<SearchTarget, { readonly kind: 'repeated' }>): SearchPattern {
  switch (what.kind) {
    case 'bytes':
      return bytesPattern([bytesOfHex(what.bytes)]);
    case 'word': {
      const value = addressOf(what.value);
      return bytesPattern([Uint8Array.from({ length: 8 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn))]);
    }
    case 'text':
      return bytesPattern(needlesOf(what.text, what.encoding ?? 'utf-8'));
    case 'pointersInto': {
      const [start, end] = [addressOf(what.start), addressOf(what.end)];
      if (end <= start) throw new QueryError(`the range ${what.start} to ${what.end} is empty`);
      return pointersPattern(start, end);
    }
  }
}

function bytesOfHex(text: string): Uint8Array {
  const digits = text.replace(/^0x/i, '').replace(/[\s:]+/g, '');
  if (digits === '') throw new QueryError('there are no bytes to look for');
  if (!/^([0-9a-f]{2})+$/i.test(digits))
    throw new QueryError(`"${shortened(text)}" is not two hexadecimal digits a byte`);
  if (digits.length > 2 * LONGEST) throw new QueryError(`more than ${LONGEST} bytes cannot be looked for`);
  return Uint8Array.from(digits.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

function addressOf(text: string): bigint {
  if (!/^(0x[0-9a-f]{1,16}|\d{1,20})$/i.test(text) || BigInt(text) >= 1n << 64n)
    throw new QueryError(`"${shortened(text)}" is not a 64-bit number`);
  return BigInt(text);
}

function needlesOf(text: string, encoding: 'utf-8' | 'utf-16' | 'any'): Uint8Array[] {
  if (text === '') throw new QueryError('there is no text to look for');
  if (text.length > LONGEST) throw new QueryError(`more than ${LONGEST} characters cannot be looked for`);
  return [...(encoding === 'utf-16' ? [] : [utf8(text)]), ...(encoding === 'utf-8' ? [] : [utf16(text)])];
}

/** By hand: the engine has no TextEncoder. Lone halves of a pair become U+FFFD, as there. */
function utf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const raw = character.codePointAt(0) ?? 0;
    const point = raw >= 0xd800 && raw < 0xe000 ? 0xfffd : raw;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    else bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
  }
  return Uint8Array.from(bytes);
}

/** Lowest byte first. */
function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array(2 * text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[2 * i] = unit & 0xff;
    bytes[2 * i + 1] = unit >> 8;
  }
  return bytes;
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
