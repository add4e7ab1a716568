import type { Disassembler, Instruction } from '../arch/disassembler.js';
import { runtimeAddress } from '../base/addresses.js';
import type { CoreImage } from '../core/coreImage.js';
import type { CodeLocation, Symbolizer } from '../symbolize/symbolizer.js';
import type { UnwindContext } from '../unwind/unwindContext.js';
import { shortPath } from '../values/classifyWord.js';
import type { AddressSpace } from '../values/addressSpace.js';
import type { Crash } from './crash.js';
import { instructionAt } from './effectiveAddress.js';

/** What is needed to read code, which is the same in every core. */
export interface CodeContext {
  readonly unwind: UnwindContext;
  readonly disassembler: Disassembler | undefined;
}

/** What every rule may look at. */
export interface RuleContext extends CodeContext {
  readonly core: CoreImage;
  readonly symbolizer: Symbolizer;
  readonly space: () => AddressSpace;
  readonly crash: Crash;
  /** Program counter and stack pointer of the crash. */
  readonly pc: bigint;
  readonly sp: bigint;
}

/** The word of the process's memory, or `undefined`. */
export function wordAt(rule: RuleContext, address: bigint): bigint | undefined {
  return rule.unwind.memory.word(runtimeAddress(address));
}

/** The instruction at an address; `undefined` without its bytes or a disassembler. */
export function decodeAt(rule: RuleContext, address: bigint): Instruction | undefined {
  return rule.disassembler === undefined ? undefined : instructionAt(rule.unwind.memory, rule.disassembler, address);
}

/** `f+0x12`, `libc.so.6+0x1234` or the bare address. */
export function nameOf(rule: RuleContext, address: bigint): string {
  return locationText(rule.symbolizer.locate(runtimeAddress(address)), address);
}

/** For a return address: named by the call before it. */
export function nameOfReturn(rule: RuleContext, address: bigint): string {
  const location = rule.symbolizer.locate(runtimeAddress(address - 1n));
  const { offset } = location;
  return locationText(offset === undefined ? location : { ...location, offset: offset + 1n }, address);
}

/** As everybody writes it. */
const STRING =
  /std::(__cxx11::|__1::)?basic_string<char, std::(__1::)?char_traits<char>, std::(__1::)?allocator<char> ?>/g;

/** Rust's compiler ends its older names with a hash that tells versions of a crate apart; no reader needs it. */
const RUST_HASH = /::h[0-9a-f]{16}$/;

function locationText(location: CodeLocation, address: bigint): string {
  const name = location.function ?? (location.module === undefined ? undefined : shortPath(location.module.path));
  if (name === undefined) return `0x${address.toString(16)}`;
  const short = name.replaceAll(STRING, 'std::string').replace(RUST_HASH, '');
  return location.offset === undefined || location.offset === 0n ? short : `${short}+0x${location.offset.toString(16)}`;
}

const FAR = 1n << 24n;

/** Distance from %rsp as a reader writes it: `[rsp-8]`. */
export function slotName(rule: RuleContext, address: bigint): string {
  const distance = BigInt.asIntN(64, address - rule.sp);
  const sign = distance < 0n ? '-' : '+';
  const size = distance < 0n ? -distance : distance;
  const stackPointer = rule.unwind.architecture.stackPointer;
  // On another stack a distance says nothing.
  if (size > FAR) return `0x${address.toString(16)}`;
  return size === 0n ? `[${stackPointer}]` : `[${stackPointer}${sign}${size > 512n ? `0x${size.toString(16)}` : size}]`;
}

/**
 * Whether the crash's registers are those of a thread in a system call, as raise, kill and tgkill leave them: by the number of the call,
 * which is -1 after a fault or a return from a handler (arch/x86/entry), else by the instruction before the pc.
 */
export function inSystemCall(rule: RuleContext): boolean {
  const call = rule.crash.from === 'activeFrame' ? undefined : rule.crash.registers.get('orig_rax');
  if (call !== undefined) return BigInt.asIntN(64, call) >= 0n;
  const { bytes } = rule.unwind.memory.read(runtimeAddress(rule.pc - 2n), 2);
  return bytes[0] === 0x0f && bytes[1] === 0x05;
}
