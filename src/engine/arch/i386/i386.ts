import { type RuntimeAddress, runtimeAddress } from '../../base/addresses.js';
import type { Architecture, CallSite } from '../architecture.js';
import { callsBefore } from '../x86_64/callSites.js';
import { extendedState, interruptedExtendedState } from '../x86_64/extendedState.js';
import { flagNames } from '../x86_64/registers.js';

/** struct user_regs_struct of 32-bit programs (arch/x86/include/asm/user_32.h). */
const GENERAL_REGISTERS = [
  'ebx',
  'ecx',
  'edx',
  'esi',
  'edi',
  'ebp',
  'eax',
  'ds',
  'es',
  'fs',
  'gs',
  'orig_eax',
  'eip',
  'cs',
  'eflags',
  'esp',
  'ss',
];

/** Of i386 under Linux: registers and the walk by call-frame information, frame pointer and scan. Its signal frames are not decoded here. */
export const i386: Architecture = {
  name: 'i386',
  generalRegisters: GENERAL_REGISTERS,
  registerSize: 4,
  stackWord: 4,
  pointerSize: 4,
  displayOrder: [
    'eip',
    'esp',
    'ebp',
    'eax',
    'ebx',
    'ecx',
    'edx',
    'esi',
    'edi',
    'eflags',
    'orig_eax',
    'cs',
    'ss',
    'ds',
    'es',
    'fs',
    'gs',
  ],
  programCounter: 'eip',
  stackPointer: 'esp',
  framePointer: 'ebp',
  // System V i386 psABI, table 2.14.
  dwarfRegisters: ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi', 'eip'],
  dwarfStackPointer: 4,
  calleeSaved: new Set([3, 5, 6, 7]),
  redZone: 0,
  entryAlignment: 12,
  returnAddress: 'stack',
  isCanonical: (address) => address < 1n << 32n,
  isUser: (address) => address < 1n << 32n,
  flags: (registers) => {
    const eflags = registers.get('eflags');
    return eflags === undefined ? undefined : flagNames(eflags);
  },
  extendedState: (notes) => extendedState(notes, 8),
  interruptedExtendedState: (area) => interruptedExtendedState(area, 8),
  callsBefore: calls,
  signalFrameAt: () => undefined,
  signalFrameSize: 0,
  signalFrameAlignment: 0,
  signalTrampolineSize: 0,
  isSignalTrampoline: () => false,
};

/** The encodings are those of x86-64 without REX; targets wrap at 32 bits, and nothing is relative to the instruction. */
function calls(before: Uint8Array, returnAddress: RuntimeAddress): readonly CallSite[] {
  return callsBefore(before, returnAddress).map(({ address, length, target }) => ({
    address,
    length,
    ...(target === undefined ? {} : { target: runtimeAddress(BigInt.asUintN(32, target)) }),
  }));
}
