import { type RuntimeAddress, runtimeAddress } from '../../base/addresses.js';
import { ByteCursor } from '../../base/byteCursor.js';
import { at, type MemoryView } from '../../base/memoryView.js';
import type { SignalFrame } from '../architecture.js';
import { RegisterSet } from '../registerSet.js';

/** struct rt_sigframe: pretcode, ucontext, siginfo (arch/x86/include/asm/sigframe.h). */
export const SIGNAL_FRAME_SIZE = 440;
/** The kernel aligns the frame to 16 and takes off 8, like a call (arch/x86/kernel/signal.c, get_sigframe). */
export const SIGNAL_FRAME_ALIGNMENT = 8;

/** gregs of struct sigcontext, from offset 48 of the frame, 8 bytes each. */
const CONTEXT_REGISTERS = [
  'r8',
  'r9',
  'r10',
  'r11',
  'r12',
  'r13',
  'r14',
  'r15',
  'rdi',
  'rsi',
  'rbp',
  'rbx',
  'rdx',
  'rax',
  'rcx',
  'rsp',
  'rip',
  'eflags',
];

const FP_XSTATE_MAGIC1 = 0x46505853;
const FP_XSTATE_MAGIC2 = 0x46505845;
const USER_CODE_SEGMENT = 0x33n;
const LARGEST_XSTATE = 64 * 1024;

/** The upper bits of every address of the kernel. */
const KERNEL = 0x1_ffffn;

/**
 * Recognises a signal frame by its shape alone, since the trampoline's code is seldom in a core: user code segment, a 64-byte
 * aligned extended state with both magics, a return address into the trampoline that could be code.
 *
 * @param known the return address is a trampoline's: the extended state may then be missing, as emulators of the kernel leave it out
 * @returns `undefined` when any of it does not hold or is not readable
 */
export function signalFrameAt(memory: MemoryView, address: RuntimeAddress, known = false): SignalFrame | undefined {
  // Two cheap words first: this is asked of every slot of a stack.
  const segments = memory.word(at(address, 192));
  if (segments === undefined || (segments & 0xffffn) !== USER_CODE_SEGMENT) return undefined;
  const state = memory.word(at(address, 232));
  if (state === undefined || (state % 64n !== 0n && !known)) return undefined;
  const { bytes } = memory.read(address, SIGNAL_FRAME_SIZE);
  if (bytes.length < SIGNAL_FRAME_SIZE) return undefined;
  const stateSize = extendedStateSize(memory, state) ?? (known ? 0 : undefined);
  if (stateSize === undefined) return undefined;

  const cursor = new ByteCursor(bytes);
  const trampoline = cursor.u64();
  const registers = new Map<string, bigint>();
  cursor.seek(48);
  for (const register of CONTEXT_REGISTERS) registers.set(register, cursor.u64());
  // With both magics in place the frame is one whatever the stack pointer was: a wild one may be why there is a frame.
  const stackPointer = registers.get('rsp') ?? 0n;
  if (!isUserCanonical(stackPointer) && (stateSize === 0 || stackPointer >> 47n === KERNEL)) return undefined;
  if (!isUserCanonical(trampoline) || trampoline < 4096n) return undefined;
  registers.set('cs', BigInt(cursor.seek(192).u16()));
  registers.set('gs', BigInt(cursor.u16()));
  registers.set('fs', BigInt(cursor.u16()));
  registers.set('ss', BigInt(cursor.u16()));
  const errorCode = cursor.seek(200).u64();
  const trapNumber = cursor.u64();
  if (trapNumber > 255n) return undefined;
  const base = cursor.seek(24).u64();
  const flags = cursor.u32();
  const size = cursor.seek(40).u64();
  return {
    address,
    end: at(address, SIGNAL_FRAME_SIZE),
    registers: new RegisterSet(registers),
    returnTrampoline: trampoline,
    trapNumber: Number(trapNumber),
    errorCode,
    faultAddress: new ByteCursor(bytes).seek(224).u64(),
    signalMask: new ByteCursor(bytes).seek(304).u64(),
    extendedState: stateSize === 0 ? 0n : state,
    extendedStateSize: stateSize,
    alternateStack: { base, size, flags },
    siginfo: bytes.subarray(312, SIGNAL_FRAME_SIZE),
    fields: FIELDS,
  };
}

/** Size of the extended state when both of its magics are there. */
function extendedStateSize(memory: MemoryView, state: bigint): number | undefined {
  if (state === 0n) return undefined;
  const head = memory.read(runtimeAddress(state + 464n), 24).bytes;
  if (head.length < 24) return undefined;
  const cursor = new ByteCursor(head);
  const magic = cursor.u32();
  // Without XSAVE the legacy area ends in zeros; the shape is then too weak to be told from chance.
  if (magic !== FP_XSTATE_MAGIC1) return undefined;
  const extended = cursor.u32();
  cursor.u64();
  const size = cursor.u32();
  if (size < 512 || size > LARGEST_XSTATE || extended < size) return undefined;
  const tail = memory.read(runtimeAddress(state + BigInt(size)), 4).bytes;
  return tail.length === 4 && new ByteCursor(tail).u32() === FP_XSTATE_MAGIC2 ? size : undefined;
}

function isUserCanonical(address: bigint): boolean {
  return address < 1n << 56n;
}

const FIELDS: ReadonlyMap<number, string> = new Map([
  [0, 'pretcode'],
  [8, 'uc_flags'],
  [16, 'uc_link'],
  [24, 'ss_sp'],
  [32, 'ss_flags'],
  [40, 'ss_size'],
  ...CONTEXT_REGISTERS.map((register, i): [number, string] => [48 + 8 * i, register]),
  [192, 'cs gs fs ss'],
  [200, 'err'],
  [208, 'trapno'],
  [216, 'oldmask'],
  [224, 'cr2'],
  [232, 'fpstate'],
  [304, 'sigmask'],
  [312, 'si_signo si_errno'],
  [320, 'si_code'],
  [328, 'si_addr / si_pid si_uid'],
]);
