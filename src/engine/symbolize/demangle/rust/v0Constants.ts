import type { V0Reader } from './v0Reader.js';
import { basicTypes } from './v0BasicTypes.js';

/** `<const>` (RFC 2603): a value and its type; `_` for one that is not known. */
export function constant(r: V0Reader, withType: boolean): void {
  r.out.enter();
  anyConstant(r, withType);
  r.out.leave();
}

function anyConstant(r: V0Reader, withType: boolean): void {
  const tag = r.next();
  if (tag === 'B') {
    r.backReference(() => {
      constant(r, withType);
    });
    return;
  }
  if (tag === 'p') {
    r.write('_');
    return;
  }
  if ('hjmoty'.includes(tag)) r.write(decimal(r, hexadecimal(r)));
  else if ('ailnsx'.includes(tag)) r.write((r.eat('n') ? '-' : '') + decimal(r, hexadecimal(r)));
  else if (tag === 'b') r.write(boolean(r, hexadecimal(r)));
  else if (tag === 'c') r.write(character(r, hexadecimal(r)));
  else r.fail('constant expected');
  if (withType) r.write(`: ${basicTypes[tag] ?? ''}`);
}

/** Lower-case digits up to `_`. */
function hexadecimal(r: V0Reader): string {
  const start = r.position;
  for (let c = r.peek(); (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); c = r.peek()) r.next();
  const digits = r.text.slice(start, r.position);
  if (digits === '' || !r.eat('_')) r.fail('hexadecimal digits expected');
  return digits.replace(/^0+(?=.)/, '');
}

/** Beyond 64 bits the digits stay as they are. */
function decimal(r: V0Reader, digits: string): string {
  if (digits.length > 32) r.fail('number too large');
  return digits.length > 16 ? `0x${digits}` : BigInt(`0x${digits}`).toString();
}

function boolean(r: V0Reader, digits: string): string {
  return digits === '0' ? 'false' : digits === '1' ? 'true' : r.fail('boolean expected');
}

function character(r: V0Reader, digits: string): string {
  const codePoint = digits.length > 6 ? Infinity : Number.parseInt(digits, 16);
  if (codePoint > 0x10ffff) r.fail('character expected');
  const escape = { 9: '\\t', 10: '\\n', 13: '\\r' }[codePoint];
  if (escape !== undefined) return `'${escape}'`;
  const isPrintable = codePoint >= 0x20 && codePoint < 0x7f;
  return isPrintable ? `'${String.fromCharCode(codePoint)}'` : `'\\u{${digits}}'`;
}
