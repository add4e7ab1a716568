import type { SignalFrame } from '../../arch/architecture.js';
import { runtimeAddress } from '../../base/addresses.js';
import { isCode } from '../../unwind/unwindContext.js';
import { addressText, classifyAddress } from '../addressClass.js';
import { asCalled, asReturned } from '../candidateStacks.js';
import { ranAstray } from '../crash.js';
import { siginfoOf } from '../frameSiginfo.js';
import { register, signalFrame, slot } from '../evidence.js';
import type { Finding } from '../finding.js';
import { type RuleContext, slotName } from '../ruleContext.js';

const RULE = 'signal-return';

/** The general registers that a return from a handler loads besides the program counter; a call or a return leaves others alone. */
const RESTORED = ['rsp', 'rbp', 'rbx', 'r12', 'r13', 'r14', 'r15', 'rax', 'rcx', 'rdx', 'rsi', 'rdi'];

/**
 * A handler returned, and rt_sigreturn loaded the registers with which the process died: the handler had changed the saved program counter,
 * or something had written over the frame.
 */
export function signalReturn(rule: RuleContext): Finding | undefined {
  if (isCode(rule.unwind, rule.pc)) return undefined;
  for (const frame of rule.crash.stale) {
    const name = loadedFrom(rule, frame);
    if (name !== undefined) return finding(rule, frame, name);
  }
  return undefined;
}

/** The name of the signal of a frame whose registers are all those of the crash; the frame of the crash's own fault has them, too. */
function loadedFrom(rule: RuleContext, frame: SignalFrame): string | undefined {
  const { registers, signal } = rule.crash;
  if (frame.registers.get('rip') !== rule.pc) return undefined;
  if (RESTORED.some((name) => frame.registers.get(name) !== registers.get(name))) return undefined;
  const handled = siginfoOf(frame);
  // Without siginfo nobody can tell it from the frame of the fault, whose handler may have returned as well.
  if (handled === undefined || ranAstray(frame, rule.unwind)) return undefined;
  const own = handled.number === signal?.number && (handled.code ?? 1) > 0;
  return own ? undefined : handled.name;
}

function finding(rule: RuleContext, frame: SignalFrame, name: string): Finding {
  const rip = [...frame.fields].find(([, field]) => field.endsWith('rip'))?.[0];
  const address = classifyAddress(rule, rule.pc);
  const where = addressText(address, rule.pc);
  const place = rip === undefined ? [] : [slot(runtimeAddress(frame.address + BigInt(rip)))];
  const common = {
    confidence: 0.93,
    account: `A handler of ${name} returned, and the program counter in its signal frame was ${where}: the handler, or something that wrote over the frame, had put it there.`,
    evidence: [
      {
        rule: RULE,
        text: `the stale frame of ${name} at ${slotName(rule, frame.address)} holds the registers of the crash, %rip and %rsp and all the others: the return from that handler loaded them`,
        weight: 0.9,
        refs: [signalFrame(frame.address), register('rip'), ...place],
      },
    ],
    missing: [`what ${name} had interrupted: the address was overwritten in the frame`],
  };
  return rule.pc === 0n
    ? { ...common, label: 'return-to-null', kind: 'context-restore-to-null', stack: asReturned(rule) }
    : {
        ...common,
        label: 'other',
        kind: 'wild-jump',
        ...(address === undefined ? {} : { address }),
        stack: asCalled(rule),
      };
}
