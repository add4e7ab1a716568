import { RegisterSet } from '../../arch/registerSet.js';
import { type RuntimeAddress, runtimeAddress } from '../../base/addresses.js';
import type { CfiRow, RegisterRule } from '../../dwarf/cfi/cfiRow.js';
import { evaluateExpression, type ExpressionContext } from '../../dwarf/expression.js';
import { toLink } from '../../modules/moduleMap.js';
import { lookupAddress, type StackFrame } from '../stackFrame.js';
import { isCode, stackWord, type UnwindContext } from '../unwindContext.js';
import { rejected, type StepResult } from './stepResult.js';

/** Call-frame information of the module that holds the pc (DWARF 5 §6.4.3). */
export function cfiRule(context: UnwindContext, frame: StackFrame): StepResult {
  const row = cfiRowOf(context, frame);
  if (typeof row === 'string') return rejected(row);
  const machine = machineOf(context, frame);
  const cfa = cfaOf(row, machine);
  if (cfa === undefined) return rejected('call-frame information needs a register that is not known here');
  const values = new Map<string, bigint>();
  const { architecture } = context;
  architecture.dwarfRegisters.forEach((register, number) => {
    if (register === undefined || number === row.returnAddressRegister) return;
    const value = recover(row.rules.get(number), number, frame, cfa, context, machine);
    if (value !== undefined) values.set(register, value);
  });
  if (row.rules.get(architecture.dwarfStackPointer) === undefined) values.set(architecture.stackPointer, cfa);
  const returnRule = row.rules.get(row.returnAddressRegister);
  if (returnRule?.kind === 'undefined') return { kind: 'stop', stop: 'outermost' };
  const pc =
    returnRule === undefined
      ? linkRegister(row, frame, context)
      : recover(returnRule, row.returnAddressRegister, frame, cfa, context, machine);
  if (pc === undefined) return unreadable(context, returnRule, cfa);
  if (pc === 0n) return { kind: 'stop', stop: 'outermost' };
  if (!row.signalFrame && !isCode(context, pc - 1n))
    return rejected(`call-frame information leads to 0x${pc.toString(16)}, which is not executable`);
  values.set(architecture.programCounter, pc);
  return {
    kind: 'caller',
    cfa: runtimeAddress(cfa),
    frame: {
      pc: runtimeAddress(pc),
      registers: new RegisterSet(values),
      trust: 'cfi',
      rejected: [],
      interrupted: row.signalFrame,
    },
  };
}

/** The row that holds at a frame's pc, or one sentence why there is none. */
export function cfiRowOf(context: UnwindContext, frame: StackFrame): CfiRow | string {
  const address = lookupAddress(frame);
  const module = context.modules.find(address);
  if (module === undefined) return 'no module maps the pc';
  if (module.image === undefined) {
    return module.status === 'mismatch' ? `the binary of ${module.path} was refused` : `no binary for ${module.path}`;
  }
  if (module.bias === undefined) return `the load address of ${module.path} is not known`;
  return cfiRowAt(context, address) ?? `${module.path} has no call-frame information for the pc`;
}

/** The row that holds at an instruction; `undefined` when there is none. */
export function cfiRowAt(context: UnwindContext, address: RuntimeAddress): CfiRow | undefined {
  const module = context.modules.find(address);
  const link = module === undefined ? undefined : toLink(module, address);
  if (module === undefined || link === undefined) return undefined;
  return module.image?.cfi?.find(link) ?? module.debugImage?.cfi?.find(link);
}

/** The canonical frame address a row gives for a frame; `undefined` when it needs what is not known. */
export function cfaAt(context: UnwindContext, frame: StackFrame): bigint | undefined {
  const row = cfiRowOf(context, frame);
  return typeof row === 'string' ? undefined : cfaOf(row, machineOf(context, frame));
}

function cfaOf(row: CfiRow, machine: ExpressionContext): bigint | undefined {
  if (row.cfa.kind === 'expression') {
    const result = evaluateExpression(row.cfa.expression, machine);
    return result?.kind === 'address' ? result.address : result?.kind === 'value' ? result.value : undefined;
  }
  const base = machine.register(row.cfa.register);
  return base === undefined ? undefined : BigInt.asUintN(64, base + row.cfa.offset);
}

function machineOf(context: UnwindContext, frame: StackFrame): ExpressionContext {
  const { architecture, memory } = context;
  return {
    memory,
    addressSize: architecture.registerSize,
    register: (number) => {
      const register = architecture.dwarfRegisters[number];
      return register === undefined ? undefined : frame.registers.get(register);
    },
  };
}

function recover(
  rule: RegisterRule | undefined,
  number: number,
  frame: StackFrame,
  cfa: bigint,
  context: UnwindContext,
  machine: ExpressionContext,
): bigint | undefined {
  if (rule === undefined) return context.architecture.calleeSaved.has(number) ? machine.register(number) : undefined;
  switch (rule.kind) {
    case 'undefined':
      return undefined;
    case 'sameValue':
      return machine.register(number);
    case 'offset':
      return stackWord(context, cfa + rule.offset);
    case 'valOffset':
      return BigInt.asUintN(64, cfa + rule.offset);
    case 'register':
      return machine.register(rule.register);
    case 'expression': {
      const result = evaluateExpression(rule.expression, { ...machine, cfa }, [cfa]);
      return result?.kind === 'address' ? stackWord(context, result.address) : undefined;
    }
    case 'valExpression': {
      const result = evaluateExpression(rule.expression, { ...machine, cfa }, [cfa]);
      return result?.kind === 'address' ? result.address : result?.kind === 'value' ? result.value : undefined;
    }
  }
}

/** Without a rule the return address is still in its register, where the architecture has one. */
function linkRegister(row: CfiRow, frame: StackFrame, context: UnwindContext): bigint | undefined {
  const register = context.architecture.dwarfRegisters[row.returnAddressRegister];
  return context.architecture.returnAddress === 'register' && register !== undefined
    ? frame.registers.get(register)
    : undefined;
}

function unreadable(context: UnwindContext, rule: RegisterRule | undefined, cfa: bigint): StepResult {
  const address = rule?.kind === 'offset' ? runtimeAddress(cfa + rule.offset) : runtimeAddress(cfa);
  const { rest } = context.memory.read(address, context.architecture.stackWord);
  if (rest === 'notFetched') return { kind: 'stop', stop: 'not-fetched' };
  return rejected(`call-frame information leads to 0x${address.toString(16)}, which is not in the core`);
}
