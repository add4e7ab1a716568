import type { Disassembler, Instruction, MemoryOperand } from '../arch/disassembler.js';
import { runtimeAddress } from '../base/addresses.js';
import { FactKey } from '../modules/imageFacts.js';
import { addressOf } from './effectiveAddress.js';
import { functionExtent, workedOut } from './functionCode.js';
import { type RuleContext, wordAt } from './ruleContext.js';

/** Ways out of a function other than its returns. */
export interface Jumps {
  /** Pushes right before a return: jumps in disguise. */
  readonly pushed: readonly PointerUse[];
  readonly indirect: readonly PointerUse[];
  /** Direct jumps that leave the function: tail calls. */
  readonly outside: readonly bigint[];
  /** Nothing but a jump through a pointer: a linkage stub. */
  readonly isStub: boolean;
}

/** An instruction that goes where a pointer says. */
export interface PointerUse {
  readonly address: bigint;
  readonly pointer:
    | { readonly kind: 'register'; readonly register: string }
    | { readonly kind: 'memory'; readonly operand: MemoryOperand }
    | { readonly kind: 'value'; readonly value: bigint }
    | undefined;
}

/** @returns `undefined` when code or disassembler is missing */
export function jumpsOf(rule: RuleContext, start: bigint): Jumps | undefined {
  const { disassembler } = rule;
  if (disassembler === undefined) return undefined;
  const size = functionExtent(rule, start);
  const worked = workedOut(rule, JUMPS, start, (code, at) => readJumps(disassembler, code, at, size));
  return worked === undefined ? undefined : moved(worked.fact, worked.bias);
}

/** Where it goes, as far as the pointer can still be read. */
export function pointerOf(rule: RuleContext, { pointer }: PointerUse): bigint | undefined {
  switch (pointer?.kind) {
    case undefined:
      return undefined;
    case 'register':
      return rule.crash.registers.get(pointer.register);
    case 'value':
      return pointer.value;
    case 'memory': {
      const address = addressOf(pointer.operand, rule.crash.registers);
      return address === undefined ? undefined : wordAt(rule, address);
    }
  }
}

const JUMPS = new FactKey<Jumps>('jumps of a function');
const LONGEST_INSTRUCTION = 15;
const MOST_OUTSIDE = 8;

function readJumps(disassembler: Disassembler, code: Uint8Array, at: bigint, size: number): Jumps {
  const indirect: PointerUse[] = [];
  const outside = new Set<bigint>();
  const pushed: PointerUse[] = [];
  let previous: Instruction | undefined;
  let count = 0;
  for (let i = 0; i < code.length; count++) {
    const instruction = disassembler.decode(code.subarray(i, i + LONGEST_INSTRUCTION), runtimeAddress(at + BigInt(i)));
    if (instruction === undefined) break;
    if (instruction.flow === 'indirectJump') indirect.push(throughPointer(instruction));
    if (instruction.flow === 'return' && previous !== undefined && isJumpBeforeReturn(previous))
      pushed.push(pushedPointer(previous));
    previous = instruction;
    const { target } = instruction;
    const leaves = target !== undefined && (target < at || target >= at + BigInt(size));
    if ((instruction.flow === 'jump' || instruction.flow === 'conditional') && leaves && outside.size < MOST_OUTSIDE)
      outside.add(target);
    // Stubs are not described by symbols: their first jump ends them.
    if (instruction.flow === 'indirectJump' && count <= 1)
      return { indirect, pushed, outside: [...outside], isStub: true };
    i += instruction.length;
  }
  return { indirect, pushed, outside: [...outside], isStub: false };
}

/** A push, or a store over the return address (retpolines): the return then jumps there. */
function isJumpBeforeReturn(instruction: Instruction): boolean {
  return instruction.mnemonic === 'push' || STORE_ON_TOP.test(instruction.text);
}

const STORE_ON_TOP = /^movq?\s+%(r\w+),\s*\(%rsp\)$/;

function throughPointer(instruction: Instruction): PointerUse {
  const { address, throughRegister: register } = instruction;
  if (register !== undefined) return { address, pointer: { kind: 'register', register } };
  const operand = instruction.memory.find(({ access }) => access === 'read');
  return { address, pointer: operand === undefined ? undefined : { kind: 'memory', operand } };
}

/** What a push put on the stack. */
function pushedPointer(push: Instruction): PointerUse {
  const { address, text } = push;
  const register = (/^pushq?\s+%(r\w+)$/.exec(text) ?? STORE_ON_TOP.exec(text))?.[1];
  if (register !== undefined) return { address, pointer: { kind: 'register', register } };
  const immediate = /^pushq?\s+\$(-?)(0x[0-9a-f]+|\d+)$/i.exec(text);
  if (immediate === null) return throughPointer(push);
  const value = BigInt.asUintN(64, BigInt(immediate[2] ?? '0') * (immediate[1] === '-' ? -1n : 1n));
  return { address, pointer: { kind: 'value', value } };
}

function moved(jumps: Jumps, bias: bigint): Jumps {
  if (bias === 0n) return jumps;
  const move = (use: PointerUse): PointerUse => ({
    address: use.address + bias,
    pointer:
      use.pointer?.kind === 'memory'
        ? { kind: 'memory', operand: movedOperand(use.pointer.operand, bias) }
        : use.pointer,
  });
  return {
    indirect: jumps.indirect.map(move),
    pushed: jumps.pushed.map(move),
    outside: jumps.outside.map((target) => BigInt.asUintN(64, target + bias)),
    isStub: jumps.isStub,
  };
}

/** Of code that may lie anywhere, an operand without registers is relative to the pc. */
function movedOperand(operand: MemoryOperand, bias: bigint): MemoryOperand {
  const fixed = operand.base !== undefined || operand.index !== undefined || operand.segment !== undefined;
  return fixed ? operand : { ...operand, displacement: BigInt.asUintN(64, operand.displacement + bias) };
}
