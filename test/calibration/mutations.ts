import { runtimeAddress } from '../../src/engine/base/addresses.js';
import type { Inspection } from '../../src/engine/inspection/openInspection.js';
import { functionStartOf } from '../../src/engine/unwind/coherence.js';
import { cfiRowOf } from '../../src/engine/unwind/rules/cfiRule.js';
import type { StackFrame } from '../../src/engine/unwind/stackFrame.js';
import { walkStack } from '../../src/engine/unwind/stackwalker.js';
import { checkReturnAddress, isCode } from '../../src/engine/unwind/unwindContext.js';
import { returnsWithoutCall } from '../../src/engine/verdict/returnPath.js';
import { CoreBytes } from './coreBytes.js';

/** A core made from a real one by changing registers and words, and what happened in it. */
export interface Mutation {
  readonly name: string;
  readonly core: Uint8Array;
  readonly label: string;
  readonly kind: string;
  readonly shift?: number;
}

/** What the callee-saved registers are called, in the order of their DWARF numbers' use by compilers. */
const CALLEE_SAVED = ['rbx', 'rbp', 'r12', 'r13', 'r14', 'r15'];
const SHIFTS = [-8, 8, -16, 16, -24, 24];
const DEEPEST = 5;

/**
 * Lets functions of a healthy stack return, in place and to an overwritten address, or shifted; lets their callers call through bad
 * pointers instead; and lets somebody kill the process. The dead stack below is what the real process left there.
 *
 * @param seed chooses wild addresses; the same seed gives the same cores
 */
export function* mutationsOf(inspection: Inspection, original: Uint8Array, seed: number): Iterable<Mutation> {
  const { context, crashedThread, judgement } = inspection;
  if (context === undefined || crashedThread === undefined || inspection.status !== 'ok') return;
  // Where a handler ran, the crash is an earlier one than the registers that would be changed.
  if (judgement?.crash.from !== 'thread' || judgement.crash.active.length > 0) return;
  const random = randomNumbers(seed);
  const { frames } = walkStack(context, crashedThread.registers, { limit: 64 });
  yield sent(original, 1000 + Math.floor(random() * 30000));
  for (let i = 1; i < Math.min(frames.length - 1, DEEPEST); i++) {
    const frame = frames[i];
    const caller = frames[i + 1];
    const below = frames[i - 1];
    if (frame?.cfa === undefined || caller?.trust !== 'cfi' || frame.trust !== 'cfi' || below?.cfa === undefined)
      continue;
    if (frame.signalFrame !== undefined || NEVER_RETURNS.test(nameOf(inspection, below))) break;
    // One that calls on before it returns would have overwritten the dead stack.
    if (!goesStraightBack(inspection, frame)) continue;
    yield* returns(inspection, original, frame, caller, i, random);
    const call = calledNull(inspection, original, frame, caller, i, random);
    if (call !== undefined) yield call;
  }
}

const NEVER_RETURNS = /abort|raise|exit|assert|throw|terminate|chk_fail|panic/;

function nameOf(inspection: Inspection, frame: StackFrame): string {
  return inspection.symbolizer.locate(runtimeAddress(frame.pc - 1n)).function ?? '';
}

function goesStraightBack(inspection: Inspection, frame: StackFrame): boolean {
  const { context, disassembler } = inspection;
  const start = context === undefined ? undefined : functionStartOf(context, frame);
  if (context === undefined || start === undefined) return false;
  return returnsWithoutCall({ unwind: context, disassembler }, start, frame.pc) === true;
}

/** A shift that keeps the alignment, or of three words, goes wrong more rarely: so many of them are left out. */
const RARE = 0.75;

function sent(original: Uint8Array, pid: number): Mutation {
  const core = new CoreBytes(original.slice());
  core.setSent(3, pid);
  return { name: 'killed', core: core.bytes, label: 'other', kind: 'killed-from-outside' };
}

function* returns(
  inspection: Inspection,
  original: Uint8Array,
  frame: StackFrame,
  caller: StackFrame,
  index: number,
  random: () => number,
): Iterable<Mutation> {
  const { context } = inspection;
  const cfa = frame.cfa;
  if (cfa === undefined || context === undefined) return;
  for (const [name, target] of [
    ['zeroed', 0n],
    ['overwritten', wildAddress(random)],
  ] as const) {
    const core = new CoreBytes(original.slice());
    if (!core.setWord(cfa - 8n, target)) return;
    enter(core, caller, target, cfa, random);
    leaveFlags(inspection, core, frame, cfa);
    const label = target === 0n ? 'return-to-null' : 'other';
    const kind = target === 0n ? 'zeroed-return-address' : 'return-to-wild';
    yield { name: `${name}-${index}`, core: core.bytes, label, kind };
  }
  const row = cfiRowOf(context, frame);
  // A function that keeps a frame pointer may set %rsp from it before it returns: no shift of %rsp outlives that.
  if (typeof row === 'string' || row.cfa.kind !== 'registerOffset' || row.cfa.register !== 7) return;
  for (const shift of SHIFTS) {
    if (Math.abs(shift) > 8 && random() < RARE) continue;
    const core = new CoreBytes(original.slice());
    const target = core.word(cfa - 8n + BigInt(shift));
    if (target === undefined || isCode(context, target) || !context.architecture.isCanonical(target)) continue;
    for (const [number, rule] of row.rules) {
      const register = context.architecture.dwarfRegisters[number];
      if (register === undefined || rule.kind !== 'offset' || !CALLEE_SAVED.includes(register)) continue;
      const popped = core.word(cfa + rule.offset + BigInt(shift));
      if (popped !== undefined) core.setRegister(register, popped);
    }
    for (const register of CALLEE_SAVED) {
      const saved = [...row.rules.entries()].some(
        ([number, rule]) => context.architecture.dwarfRegisters[number] === register && rule.kind === 'offset',
      );
      const value = saved ? undefined : caller.registers.get(register);
      if (value !== undefined) core.setRegister(register, value);
    }
    enterAt(core, target, cfa + BigInt(shift), random);
    leaveFlags(inspection, core, frame, cfa + BigInt(shift));
    yield { name: `shift${shift}-${index}`, core: core.bytes, label: 'misaligned-stack', kind: 'rsp-shift', shift };
  }
}

/** The caller's indirect call goes to 0 or into nowhere instead. */
function calledNull(
  inspection: Inspection,
  original: Uint8Array,
  frame: StackFrame,
  caller: StackFrame,
  index: number,
  random: () => number,
): Mutation | undefined {
  const { context } = inspection;
  const check = context === undefined ? undefined : checkReturnAddress(context, caller.pc);
  const cfa = frame.cfa;
  if (cfa === undefined || check?.kind !== 'call' || check.site.operand?.kind !== 'register') return undefined;
  const core = new CoreBytes(original.slice());
  const target = random() < 0.5 ? 0n : wildAddress(random);
  enter(core, caller, target, cfa - 8n, random);
  core.setRegister(check.site.operand.register, target);
  const kind = target === 0n ? 'null-call' : 'wild-jump';
  return { name: `${kind}-${index}`, core: core.bytes, label: 'other', kind };
}

/** The caller's registers, with control gone astray. */
function enter(core: CoreBytes, caller: StackFrame, target: bigint, stackPointer: bigint, random: () => number): void {
  for (const register of CALLEE_SAVED) {
    const value = caller.registers.get(register);
    if (value !== undefined) core.setRegister(register, value);
  }
  enterAt(core, target, stackPointer, random);
}

/** Instructions between a function's last call and its return. */
const LONGEST_WAY_BACK = 64;

/** The flags as the last instruction before the return leaves them that sets them: they tell of a register, mostly of %rsp as it was. */
function leaveFlags(inspection: Inspection, core: CoreBytes, frame: StackFrame, after: bigint): void {
  const { context, disassembler } = inspection;
  if (context === undefined || disassembler === undefined) return;
  let at = frame.pc;
  let told: { readonly register: string; readonly size: number } | undefined;
  let pops = 0n;
  for (let i = 0; i < LONGEST_WAY_BACK; i++) {
    const { bytes } = context.memory.read(at, 15);
    const decoded = disassembler.decode(bytes, at);
    if (decoded === undefined || decoded.flow === 'return') break;
    if (decoded.flags !== undefined) {
      told = decoded.flags.result;
      pops = 0n;
    } else if (decoded.writes !== undefined && decoded.writes === told?.register) told = undefined;
    if (decoded.mnemonic === 'pop') pops++;
    at =
      decoded.flow === 'jump' && decoded.target !== undefined
        ? decoded.target
        : runtimeAddress(at + BigInt(decoded.length));
  }
  if (told === undefined) return;
  const whole = told.register === 'rsp' ? after - 8n - 8n * pops : core.register(told.register);
  const value = BigInt.asUintN(told.size * 8, whole);
  let flags = 0x10202n;
  if (value === 0n) flags |= ZERO;
  if (value >> BigInt(told.size * 8 - 1) === 1n) flags |= SIGN;
  let ones = 0;
  for (let low = Number(value & 0xffn); low !== 0; low >>= 1) ones += low & 1;
  if (ones % 2 === 0) flags |= PARITY;
  core.setRegister('eflags', flags);
}

const PARITY = 1n << 2n;
const ZERO = 1n << 6n;
const SIGN = 1n << 7n;

/** What a function leaves in the registers that are its own: anything; and in the flags, the least. */
function enterAt(core: CoreBytes, target: bigint, stackPointer: bigint, random: () => number): void {
  for (const register of CLOBBERED) core.setRegister(register, BigInt(1 + Math.floor(random() * 2 ** 20)));
  core.setRegister('eflags', 0x10202n);
  core.setRegister('rip', target);
  core.setRegister('rsp', stackPointer);
  core.setFault(target);
}

const CLOBBERED = ['rax', 'rcx', 'rdx', 'rsi', 'rdi', 'r8', 'r9', 'r10', 'r11'];

/** Canonical, and mapped in no process of the fixtures. */
function wildAddress(random: () => number): bigint {
  return 0x1000_0000_0000n + (BigInt(Math.floor(random() * 2 ** 40)) & ~0xfn) + 3n;
}

/** A small generator of even numbers in [0, 1) (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
