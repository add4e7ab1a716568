import { type RuntimeAddress, runtimeAddress } from '../../base/addresses.js';
import type { Architecture, CallSite } from '../architecture.js';
import { extendedState } from './extendedState.js';

const NUMBERED = Array.from({ length: 31 }, (_, i) => `x${i}`);

/**
 * Arm 64-bit under Linux: registers and the frame-pointer walk (AAPCS64 §6.2.3). Its signal frame is not decoded here.
 */
export const aarch64: Architecture = {
  name: 'aarch64',
  generalRegisters: [...NUMBERED, 'sp', 'pc', 'pstate'],
  registerSize: 8,
  stackWord: 8,
  pointerSize: 8,
  displayOrder: ['pc', 'sp', 'x29', 'x30', ...NUMBERED.slice(0, 29), 'pstate'],
  programCounter: 'pc',
  stackPointer: 'sp',
  framePointer: 'x29',
  dwarfRegisters: [...NUMBERED, 'sp'],
  dwarfStackPointer: 31,
  calleeSaved: new Set([19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29]),
  redZone: 0,
  entryAlignment: 0,
  returnAddress: 'register',
  isCanonical: (address) => untagged(address) < 1n << 52n || address >= (1n << 64n) - (1n << 52n),
  isUser: (address) => untagged(address) < 1n << 52n,
  flags: (registers) => {
    const pstate = registers.get('pstate');
    if (pstate === undefined) return undefined;
    return ['V', 'C', 'Z', 'N'].filter((_, i) => ((pstate >> BigInt(28 + i)) & 1n) === 1n).reverse();
  },
  extendedState,
  interruptedExtendedState: () => undefined,
  callsBefore,
  signalFrameAt: () => undefined,
  signalFrameSize: 0,
  signalFrameAlignment: 0,
  signalTrampolineSize: 0,
  isSignalTrampoline: () => false,
};

/** BL imm26 and BLR Xn (Arm ARM C6.2). */
function callsBefore(before: Uint8Array, returnAddress: RuntimeAddress): readonly CallSite[] {
  if (before.length < 4) return [];
  const word = new DataView(before.buffer, before.byteOffset).getUint32(before.length - 4, true);
  const address = runtimeAddress(returnAddress - 4n);
  if (word >>> 26 === 0b100101) {
    const displacement = BigInt((word << 6) >> 6) * 4n;
    return [{ address, length: 4, target: runtimeAddress(address + displacement) }];
  }
  if ((word & 0xfffffc1f) >>> 0 === 0xd63f0000) {
    return [{ address, length: 4, operand: { kind: 'register', register: `x${(word >> 5) & 31}` } }];
  }
  return [];
}

/** Top-byte-ignore lets the upper byte of a pointer hold anything. */
function untagged(address: bigint): bigint {
  return address & ((1n << 56n) - 1n);
}
