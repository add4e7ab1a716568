import { ByteCursor } from '../../base/byteCursor.js';
import type { ExtendedRegister } from '../extendedState.js';
import { extendedFloatText } from './extendedFloat.js';

/**
 * The x87 part of an FXSAVE area (Intel SDM 1 §10.5.1, 64-bit form): control, status, abridged tag and opcode words, the last
 * instruction's and operand's addresses, then ST0 to ST7, 16 bytes each.
 *
 * @param area at least 160 bytes
 */
export function x87Registers(area: Uint8Array): readonly ExtendedRegister[] {
  const cursor = new ByteCursor(area);
  const control = cursor.u16();
  const status = cursor.u16();
  const inUse = cursor.u8();
  cursor.skip(1);
  const opcode = cursor.u16();
  const instruction = cursor.u64();
  const operand = cursor.u64();
  const top = (status >> 11) & 7;
  const stack: ExtendedRegister[] = [];
  let tags = 0;
  for (let i = 0; i < 8; i++) {
    const low = cursor.seek(32 + 16 * i).u64();
    const high = cursor.u16();
    const physical = (top + i) & 7;
    const empty = ((inUse >> physical) & 1) === 0;
    tags |= (empty ? EMPTY : tagOf(high, low)) << (2 * physical);
    const text = extendedFloatText(high, low);
    const value = (BigInt(high) << 64n) | low;
    stack.push({ name: `st${i}`, value, text: empty ? `empty (${text})` : text });
  }
  return [
    ...stack,
    { name: 'fctrl', value: BigInt(control), text: controlText(control) },
    { name: 'fstat', value: BigInt(status), text: statusText(status, top) },
    { name: 'ftag', value: BigInt(tags), text: tagText(inUse) },
    { name: 'fop', value: BigInt(opcode & 0x7ff) },
    { name: 'fip', value: instruction, isAddress: true },
    { name: 'fdp', value: operand, isAddress: true },
  ];
}

/** What FNINIT leaves: an area to read the initial state from (Intel SDM 1 §13.6). */
export const INITIAL_X87: Uint8Array = Uint8Array.from({ length: 160 }, (_, i) =>
  i === 0 ? 0x7f : i === 1 ? 0x03 : 0,
);

/** Tags of the full tag word: valid, zero, special, empty (Intel SDM 1 §8.1.7). */
const VALID = 0;
const ZERO = 1;
const SPECIAL = 2;
const EMPTY = 3;

function tagOf(high: number, mantissa: bigint): number {
  const exponent = high & 0x7fff;
  if (exponent === 0) return mantissa === 0n ? ZERO : SPECIAL;
  return exponent === 0x7fff || mantissa >> 63n === 0n ? SPECIAL : VALID;
}

const ROUNDING = ['to nearest', 'down', 'up', 'toward zero'];
const PRECISION = ['24-bit', 'reserved', '53-bit', '64-bit'];
/** In the order of the bits of control word, status word and MXCSR. */
const EXCEPTIONS = ['invalid', 'denormal', 'divide by zero', 'overflow', 'underflow', 'precision'];

function exceptions(bits: number): string {
  return EXCEPTIONS.filter((_, i) => ((bits >> i) & 1) === 1).join(', ');
}

function unmasked(masks: number): string {
  return (masks & 0x3f) === 0x3f ? 'all exceptions masked' : `not masked: ${exceptions(~masks)}`;
}

function controlText(control: number): string {
  return [
    `${PRECISION[(control >> 8) & 3] ?? ''} precision`,
    `rounds ${ROUNDING[(control >> 10) & 3] ?? ''}`,
    unmasked(control),
  ].join('; ');
}

function statusText(status: number, top: number): string {
  const raised = exceptions(status);
  const conditions = ['C0', 'C1', 'C2', 'C3'].filter((_, i) => ((status >> ([8, 9, 10, 14][i] ?? 0)) & 1) === 1);
  return [
    `top ${top}`,
    ...(raised === '' ? [] : [`raised: ${raised}`]),
    ...((status & 0x40) === 0 ? [] : ['stack fault']),
    ...((status & 0x80) === 0 ? [] : ['exception pending']),
    ...(conditions.length === 0 ? [] : [conditions.join(' ')]),
  ].join('; ');
}

function tagText(inUse: number): string {
  const count = [0, 1, 2, 3, 4, 5, 6, 7].filter((i) => ((inUse >> i) & 1) === 1).length;
  return count === 0 ? 'all empty' : `${count} of 8 in use`;
}

/** MXCSR (Intel SDM 1 §10.2.3). */
export function mxcsrRegister(value: number): ExtendedRegister {
  const raised = exceptions(value);
  const text = [
    `rounds ${ROUNDING[(value >> 13) & 3] ?? ''}`,
    unmasked(value >> 7),
    ...(raised === '' ? [] : [`raised: ${raised}`]),
    ...((value & 0x40) === 0 ? [] : ['denormals are zeros']),
    ...((value & 0x8000) === 0 ? [] : ['flushes to zero']),
  ].join('; ');
  return { name: 'mxcsr', value: BigInt(value >>> 0), text };
}
