import { type RuntimeAddress, runtimeAddress } from '../../base/addresses.js';
import type { CallOperand, CallSite } from '../architecture.js';
import { ENCODED_REGISTERS } from './registers.js';

/**
 * The call instructions whose last byte can be the last of `before`: `E8 rel32` and the forms of `FF /2` (Intel SDM 2, CALL).
 * Bytes can be read more than one way backwards, so all readings are given, the likeliest first: direct calls, then longer forms, and
 * what looks like a REX prefix as one before it is taken for the end of another instruction. Other prefixes change nothing of what
 * is called, and are left out.
 */
export function callsBefore(before: Uint8Array, returnAddress: RuntimeAddress): readonly CallSite[] {
  const found: CallSite[] = [];
  const end = before.length;
  if (end >= 5 && before[end - 5] === 0xe8) {
    const displacement = signed32(before, end - 4);
    found.push({
      address: runtimeAddress(returnAddress - 5n),
      length: 5,
      target: runtimeAddress(returnAddress + BigInt(displacement)),
    });
  }
  for (const length of [7, 6, 4, 3, 2]) {
    if (length > end || before[end - length] !== 0xff) continue;
    const rex = prefix(before, end - length);
    const bytes = before.subarray(end - length + 1);
    for (const taken of rex === 0 ? [0] : [rex, 0]) {
      const operand = indirectOperand(bytes, taken, returnAddress);
      if (operand === undefined) break;
      const whole = length + (taken === 0 ? 0 : 1);
      found.push({ address: runtimeAddress(returnAddress - BigInt(whole)), length: whole, operand });
    }
  }
  return found;
}

/** The REX prefix before the opcode, or 0. */
function prefix(bytes: Uint8Array, opcode: number): number {
  const byte = bytes[opcode - 1] ?? 0;
  return (byte & 0xf0) === 0x40 ? byte : 0;
}

/**
 * @param bytes ModRM, SIB and displacement, exactly to the instruction's end
 * @returns `undefined` when they are not `/2` or have another length
 */
function indirectOperand(bytes: Uint8Array, rex: number, next: RuntimeAddress): CallOperand | undefined {
  const modrm = bytes[0] ?? 0;
  if (((modrm >> 3) & 7) !== 2) return undefined;
  const mod = modrm >> 6;
  const rm = modrm & 7;
  const extended = (low: number, bit: number): string => ENCODED_REGISTERS[low + ((rex & bit) === 0 ? 0 : 8)] ?? '';
  if (mod === 3) return bytes.length === 1 ? { kind: 'register', register: extended(rm, 1) } : undefined;
  const sib = rm === 4 ? (bytes[1] ?? 0) : undefined;
  const noBase = mod === 0 && (sib === undefined ? rm : sib & 7) === 5;
  const displacementSize = mod === 1 ? 1 : mod === 2 || noBase ? 4 : 0;
  const at = sib === undefined ? 1 : 2;
  if (bytes.length !== at + displacementSize) return undefined;
  const displacement =
    displacementSize === 4 ? signed32(bytes, at) : displacementSize === 1 ? ((bytes[at] ?? 0) << 24) >> 24 : 0;
  if (sib === undefined && noBase) {
    return {
      kind: 'memory',
      scale: 1,
      displacement: BigInt(displacement),
      address: runtimeAddress(next + BigInt(displacement)),
    };
  }
  const index =
    sib === undefined || (((sib >> 3) & 7) === 4 && (rex & 2) === 0) ? undefined : extended((sib >> 3) & 7, 2);
  return {
    kind: 'memory',
    ...(noBase ? {} : { base: extended(sib === undefined ? rm : sib & 7, 1) }),
    ...(index === undefined ? {} : { index }),
    scale: sib === undefined ? 1 : 1 << (sib >> 6),
    displacement: BigInt(displacement),
  };
}

function signed32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getInt32(at, true);
}
