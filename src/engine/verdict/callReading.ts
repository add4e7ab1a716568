import type { CallOperand, CallSite } from '../arch/architecture.js';
import type { Instruction } from '../arch/disassembler.js';
import { runtimeAddress } from '../base/addresses.js';
import { toLink } from '../modules/moduleMap.js';
import { isCode } from '../unwind/unwindContext.js';
import { addressOf } from './effectiveAddress.js';
import { type CodeContext, type RuleContext, wordAt } from './ruleContext.js';

/**
 * Whether the call before a return address can have led to where the processor is now.
 * - `led`: an indirect call, or a tail jump in the called function, whose operand is the pc
 * - `ledElsewhere`: the call's target is known and neither it nor a jump in it leads to the pc
 * - `cannotTell`: code or registers that would decide are missing
 */
export interface CallReading {
  readonly kind: 'led' | 'ledElsewhere' | 'cannotTell';
  /** How, in words. */
  readonly how: string;
  /** Start of the function that was called, when known. */
  readonly callee?: bigint;
  /** The tail jump that led to the pc. */
  readonly jump?: bigint;
}

export function readCall(rule: RuleContext, site: CallSite): CallReading {
  if (site.target === undefined) return readIndirect(rule, site);
  if (site.target === rule.pc) return { kind: 'led', how: 'a direct call to that address' };
  return readCallee(rule, site.target, 'a direct call');
}

function readIndirect(rule: RuleContext, site: CallSite): CallReading {
  const value = site.operand === undefined ? undefined : valueOf(rule, site.operand);
  if (value === undefined) return { kind: 'cannotTell', how: 'an indirect call whose operand cannot be read any more' };
  if (value === rule.pc) return { kind: 'led', how: 'an indirect call whose operand still holds that address' };
  if (!isCode(rule.unwind, value)) return { kind: 'cannotTell', how: 'an indirect call whose operand changed since' };
  return readCallee(rule, value, 'an indirect call');
}

function valueOf(rule: RuleContext, operand: CallOperand): bigint | undefined {
  const { registers } = rule.crash;
  if (operand.kind === 'register') return registers.get(operand.register);
  const address = operand.address ?? addressOf(operand, registers);
  return address === undefined ? undefined : (wordAt(rule, address) ?? untouched(rule, address));
}

/**
 * The kernel leaves out anonymous memory that was never written: it is still zero. Known only where other anonymous memory, the
 * stack, was dumped, so that no filter left it out (fs/coredump.c, vma_dump_size).
 */
function untouched(rule: RuleContext, address: bigint): bigint | undefined {
  const { core } = rule.unwind;
  const segment = core.segmentAt(address);
  const stack = core.segmentAt(rule.sp);
  const anonymous = !rule.core.files.some((file) => address >= file.start && address < file.end);
  return segment?.filesz === 0n && segment.writable && anonymous && stack !== undefined && stack.filesz > 0n
    ? 0n
    : undefined;
}

/** A function looked through for the tail jump: at most so many bytes. */
const LONGEST_FUNCTION = 64 * 1024;
const MOST_HOPS = 3;

function readCallee(rule: RuleContext, callee: bigint, call: string, hops = 0): CallReading {
  const jumps = indirectJumpsOf(rule, callee);
  if (jumps === undefined) return { kind: 'cannotTell', how: `${call} to a function whose code is not known`, callee };
  for (const jump of jumps.indirect) {
    const value = jumpTarget(rule, jump);
    if (value === rule.pc)
      return {
        kind: 'led',
        how: `${call} to a function with a jump through a pointer that still holds that address`,
        callee,
        jump: jump.address,
      };
  }
  // A linkage stub is nothing but such a jump: what it leads to is the function that was called.
  const [only] = jumps.indirect;
  if (jumps.isStub && only !== undefined && hops < MOST_HOPS) {
    const value = jumpTarget(rule, only);
    if (value !== undefined && isCode(rule.unwind, value)) return readCallee(rule, value, call, hops + 1);
  }
  if (jumps.pushed.some((pushed) => pushedValue(rule, pushed) === rule.pc)) {
    return { kind: 'led', how: `${call} to a function that pushes an address and returns to it`, callee };
  }
  for (const target of jumps.outside) {
    if (target === rule.pc) return { kind: 'led', how: `${call} to a function with a jump to that address`, callee };
    if (hops >= MOST_HOPS) break;
    const further = readCallee(rule, target, call, hops + 1);
    if (further.kind === 'led') return { ...further, callee };
  }
  return { kind: 'ledElsewhere', how: `${call} to a function without a jump to that address`, callee };
}

/** The function that a direct call leads to: its target, or what the linkage stub there jumps to. */
export function functionCalled(rule: RuleContext, target: bigint): bigint {
  let called = target;
  for (let hops = 0; hops < MOST_HOPS; hops++) {
    const jumps = indirectJumpsOf(rule, called);
    const [only] = jumps?.isStub === true ? jumps.indirect : [];
    const value = only === undefined ? undefined : jumpTarget(rule, only);
    if (value === undefined || !isCode(rule.unwind, value)) break;
    called = value;
  }
  return called;
}

function jumpTarget(rule: RuleContext, jump: Instruction): bigint | undefined {
  if (jump.throughRegister !== undefined) return rule.crash.registers.get(jump.throughRegister);
  const operand = jump.memory.find((candidate) => candidate.access === 'read');
  const address = operand === undefined ? undefined : addressOf(operand, rule.crash.registers);
  return address === undefined ? undefined : wordAt(rule, address);
}

/** A push, or a store over the return address (retpolines): the return then jumps there. */
function isJumpBeforeReturn(instruction: Instruction): boolean {
  return instruction.mnemonic === 'push' || STORE_ON_TOP.test(instruction.text);
}

const STORE_ON_TOP = /^movq?\s+%(r\w+),\s*\(%rsp\)$/;

/** What a push put on the stack, as far as its operand can still be read. */
function pushedValue(rule: RuleContext, push: Instruction): bigint | undefined {
  const register = (/^pushq?\s+%(r\w+)$/.exec(push.text) ?? STORE_ON_TOP.exec(push.text))?.[1];
  if (register !== undefined) return rule.crash.registers.get(register);
  const immediate = /^pushq?\s+\$(-?)(0x[0-9a-f]+|\d+)$/i.exec(push.text);
  if (immediate !== null) return BigInt.asUintN(64, BigInt(immediate[2] ?? '0') * (immediate[1] === '-' ? -1n : 1n));
  return jumpTarget(rule, push);
}

interface Jumps {
  /** Pushes right before a return: jumps in disguise. */
  readonly pushed: readonly Instruction[];
  readonly indirect: readonly Instruction[];
  /** Direct jumps that leave the function: tail calls. */
  readonly outside: readonly bigint[];
  readonly isStub: boolean;
}

/** `undefined` when code or disassembler is missing. */
function indirectJumpsOf(rule: RuleContext, start: bigint): Jumps | undefined {
  const size = functionExtent(rule, start);
  const { bytes } = rule.unwind.memory.read(runtimeAddress(start), size);
  if (bytes.length === 0 || rule.disassembler === undefined) return undefined;
  const indirect: Instruction[] = [];
  const outside = new Set<bigint>();
  const pushed: Instruction[] = [];
  let previous: Instruction | undefined;
  let count = 0;
  for (let i = 0; i < bytes.length; count++) {
    const instruction = rule.disassembler.decode(bytes.subarray(i, i + 15), runtimeAddress(start + BigInt(i)));
    if (instruction === undefined) break;
    if (instruction.flow === 'indirectJump') indirect.push(instruction);
    if (instruction.flow === 'return' && previous !== undefined && isJumpBeforeReturn(previous)) pushed.push(previous);
    previous = instruction;
    const { target } = instruction;
    const leaves = target !== undefined && (target < start || target >= start + BigInt(size));
    if ((instruction.flow === 'jump' || instruction.flow === 'conditional') && leaves && outside.size < 8)
      outside.add(target);
    // Stubs are not described by symbols: their first jump ends them.
    if (instruction.flow === 'indirectJump' && count <= 1)
      return { indirect, pushed, outside: [...outside], isStub: true };
    i += instruction.length;
  }
  return { indirect, pushed, outside: [...outside], isStub: false };
}

/** Bytes of the function that starts at an address: by call-frame information, else by symbol, else a small guess. */
export function functionExtent(rule: CodeContext, start: bigint): number {
  const module = rule.unwind.modules.find(start);
  const link = module === undefined ? undefined : toLink(module, start);
  if (module === undefined || link === undefined) return 256;
  const row = module.image?.cfi?.find(link);
  const size =
    row === undefined || row.functionStart !== link
      ? BigInt(module.image?.symbols.find(link, true)?.size ?? 256)
      : row.functionEnd - link;
  return size > BigInt(LONGEST_FUNCTION) ? LONGEST_FUNCTION : Number(size === 0n ? 256n : size);
}

/** Whether the instruction at an address is a near return, read from its bytes alone: `ret`, `ret imm16`, with rep or bnd. */
export function isReturnAt(rule: RuleContext, address: bigint): boolean | undefined {
  const { bytes } = rule.unwind.memory.read(runtimeAddress(address), 2);
  const [first, second] = bytes;
  if (first === undefined) return undefined;
  const opcode = first === 0xf2 || first === 0xf3 ? second : first;
  return opcode === 0xc3 || opcode === 0xc2;
}
