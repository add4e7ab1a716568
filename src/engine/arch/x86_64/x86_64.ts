import type { Architecture } from '../architecture.js';
import { callsBefore } from './callSites.js';
import { jumpTarget, stubSlot } from './jumps.js';
import { extendedState, interruptedExtendedState } from './extendedState.js';
import { CALLEE_SAVED, DISPLAY_ORDER, DWARF_REGISTERS, flagNames, GENERAL_REGISTERS } from './registers.js';
import { SIGNAL_FRAME_ALIGNMENT, SIGNAL_FRAME_SIZE, signalFrameAt } from './signalFrame.js';
import { isSignalTrampoline, SIGNAL_TRAMPOLINE_SIZE } from './signalTrampoline.js';
import { stackEffect } from './stackEffect.js';
import { trapWords } from './traps.js';

/** AMD64 under Linux: System V psABI. */
export const x86_64: Architecture = {
  name: 'x86_64',
  generalRegisters: GENERAL_REGISTERS,
  registerSize: 8,
  stackWord: 8,
  pointerSize: 8,
  displayOrder: DISPLAY_ORDER,
  programCounter: 'rip',
  stackPointer: 'rsp',
  framePointer: 'rbp',
  dwarfRegisters: DWARF_REGISTERS,
  dwarfStackPointer: 7,
  calleeSaved: CALLEE_SAVED,
  redZone: 128,
  entryAlignment: 8,
  returnAddress: 'stack',
  // 48-bit addresses; machines with 57-bit ones exist, but user space gets those only on request (mmap hints above 2^47).
  isCanonical: (address) => address < 1n << 47n || address >= (1n << 64n) - (1n << 47n),
  isUser: (address) => address < 1n << 47n,
  flags: (registers) => {
    const eflags = registers.get('eflags');
    return eflags === undefined ? undefined : flagNames(eflags);
  },
  extendedState: (notes) => extendedState(notes),
  interruptedExtendedState: (area) => interruptedExtendedState(area),
  trapWords,
  callsBefore,
  jumpTarget,
  stubSlot,
  stackEffect,
  signalFrameAt,
  signalFrameSize: SIGNAL_FRAME_SIZE,
  signalFrameAlignment: SIGNAL_FRAME_ALIGNMENT,
  signalTrampolineSize: SIGNAL_TRAMPOLINE_SIZE,
  isSignalTrampoline,
};
