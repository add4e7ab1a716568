import type { Instruction } from '../../arch/disassembler.js';
import { runtimeAddress } from '../../base/addresses.js';
import { SIGBUS } from '../../core/signals.js';
import { cfiRowAt } from '../../unwind/rules/cfiRule.js';
import { addressText } from '../addressClass.js';
import { instruction, register } from '../evidence.js';
import type { Finding } from '../finding.js';
import { nameOf, type RuleContext } from '../ruleContext.js';

const RULE = 'stack-pointer';
const SI_KERNEL = 0x80;

/**
 * The stack or frame pointer led nowhere. A non-canonical one is a stack fault (#SS), which arrives as SIGBUS, an unmapped one a page
 * fault near it. Neither is an error of a file or of data.
 */
export function stackPointerWild(rule: RuleContext, decoded: Instruction | undefined): Finding | undefined {
  const { stackPointer, framePointer } = rule.unwind.architecture;
  const uses = (name: string): boolean => decoded?.memory.some(({ base }) => base === name) === true;
  const isStackFault = rule.crash.signal?.number === SIGBUS && rule.crash.signal.code === SI_KERNEL;
  const isLost = isStackPointerLost(rule);
  if (isLost && (uses(stackPointer) || isStackFault)) return finding(rule, decoded, stackPointer, 0.93);
  // Whatever the instruction was: a stack pointer that leads nowhere is wrong before anything else is.
  if (isLost && decoded === undefined)
    return finding(rule, decoded, stackPointer, isAtStackPointer(rule) ? 0.92 : 0.85);
  if (!isFramePointerLost(rule)) return undefined;
  const role = uses(framePointer) || decoded === undefined ? framePointerRole(rule, decoded) : 'data';
  // Without the code nobody knows whether the function kept a frame pointer in the register, or data of its own.
  if (isStackFault && role === 'unknown') return finding(rule, decoded, framePointer, isLost ? 0.8 : 0.6);
  return role === 'frame' ? finding(rule, decoded, framePointer, 0.93) : undefined;
}

/** The refused address is the stack pointer's own, or the word below it that a call or a push writes. */
function isAtStackPointer(rule: RuleContext): boolean {
  const fault = rule.crash.signal?.faultAddress;
  const distance = fault === undefined ? undefined : BigInt.asIntN(64, fault - rule.sp);
  return distance !== undefined && distance >= -8n && distance < 8n;
}

function isStackPointerLost(rule: RuleContext): boolean {
  if (!rule.unwind.architecture.isCanonical(rule.sp)) return true;
  if (rule.space().find(rule.sp) !== undefined) return false;
  const { above } = rule.space().neighbours(rule.sp);
  return !(above !== undefined && (above.role === 'stack' || above.start - rule.sp < GUARD));
}

const GUARD = 1n << 20n;

function isFramePointerLost(rule: RuleContext): boolean {
  const value = rule.crash.registers.get(rule.unwind.architecture.framePointer);
  if (value === undefined) return false;
  if (!rule.unwind.architecture.isCanonical(value)) return true;
  return rule.space().find(value) === undefined;
}

/** `frame` when the code uses %rbp as its frame pointer at the pc, `data` when it is a register like any other there. */
function framePointerRole(rule: RuleContext, decoded: Instruction | undefined): 'frame' | 'data' | 'unknown' {
  if (decoded?.mnemonic === 'leave') return 'frame';
  const row = cfiRowAt(rule.unwind, runtimeAddress(rule.pc));
  if (row === undefined) return 'unknown';
  const { architecture } = rule.unwind;
  if (row.cfa.kind !== 'registerOffset') return 'unknown';
  return architecture.dwarfRegisters[row.cfa.register] === architecture.framePointer ? 'frame' : 'data';
}

function finding(rule: RuleContext, decoded: Instruction | undefined, name: string, confidence: number): Finding {
  const { architecture } = rule.unwind;
  const value = rule.crash.registers.get(name) ?? 0n;
  const address = !architecture.isCanonical(value) ? 'noncanonical' : 'unmapped';
  const isStackFault = rule.crash.signal?.number === SIGBUS;
  const what =
    name === architecture.stackPointer
      ? 'the stack was lost'
      : 'the frame was lost, as when a saved frame pointer is overwritten on the stack,';
  return {
    label: 'other',
    kind: 'stack-pointer-wild',
    confidence,
    address,
    account: `%${name} is ${addressText(address, value)}: ${what} before ${nameOf(rule, rule.pc)} used it.`,
    evidence: [
      {
        rule: RULE,
        text: isStackFault
          ? `SIGBUS with SI_KERNEL is a stack fault of the processor (#SS): %${name} is not canonical; it is not an error of a mapped file`
          : `%${name} points to no mapping`,
        weight: 0.8,
        refs: [register(name)],
      },
      ...(decoded === undefined
        ? []
        : [
            {
              rule: RULE,
              text: `${decoded.text} reaches memory through %${name}`,
              weight: 0.4,
              refs: [instruction(runtimeAddress(rule.pc))],
            },
          ]),
    ],
    missing: decoded === undefined ? ['the code at %rip: how it uses the register'] : [],
  };
}
