import { runtimeAddress } from '../../base/addresses.js';
import { isCode } from '../../unwind/unwindContext.js';
import { type Evidence, register } from '../evidence.js';
import { type RuleContext, wordAt } from '../ruleContext.js';

const RULE = 'context-restore';

/** A sign that the registers were loaded from a saved context rather than left by a return. */
export interface Restored {
  readonly evidence: Evidence;
  readonly account: string;
  readonly weight: number;
}

/** Offsets in ucontext_t of Linux x86-64 (sys/ucontext.h): gregs start at 40. */
const UC_RBP = 0x78n;
const UC_RBX = 0x80n;
const UC_RSP = 0xa0n;
const UC_RIP = 0xa8n;
const POINTERS = ['rdi', 'rdx', 'rsi', 'rax', 'rcx', 'r8', 'r9', 'r12', 'rbx'];

/** A register points at a saved context whose rsp and rip are the ones the process has now: setcontext or swapcontext loaded it. */
export function restoredContext(rule: RuleContext): Restored | undefined {
  const { registers } = rule.crash;
  for (const name of POINTERS) {
    const context = registers.get(name);
    if (context === undefined || context < 4096n) continue;
    const same = wordAt(rule, context + UC_RSP) === rule.sp && wordAt(rule, context + UC_RIP) === rule.pc;
    if (
      !same ||
      wordAt(rule, context + UC_RBX) !== registers.get('rbx') ||
      wordAt(rule, context + UC_RBP) !== registers.get('rbp')
    )
      continue;
    return {
      account: 'A saved context was restored whose program counter is 0.',
      weight: 0.95,
      evidence: {
        rule: RULE,
        text: `%${name} points at a saved context (0x${context.toString(16)}) whose rsp, rbp, rbx and rip are those of the crash`,
        weight: 0.9,
        refs: [register(name), { kind: 'slot', address: runtimeAddress(context + UC_RIP) }],
      },
    };
  }
  return undefined;
}

/** Words looked at on either side of the stack pointer. */
const AROUND = 256;

/** Words that are not 0, below the stack pointer of a stack that was only made ready, and not used. */
const FEW = 16;

/**
 * On a stack where functions ran, what they left lies below the stack pointer, return addresses of calls past among it: a stack without was
 * never used. Large frames of numbers have none either, but are no zeros.
 */
export function freshStack(rule: RuleContext): Restored | undefined {
  let seen = 0;
  let used = 0;
  for (let i = -AROUND; i < AROUND / 2; i++) {
    const word = wordAt(rule, rule.sp + BigInt(8 * i));
    if (word === undefined) continue;
    if (i < 0) seen++;
    if (i < 0 && word !== 0n && ++used > FEW) return undefined;
    if (word > 4096n && isCode(rule.unwind, word)) return undefined;
  }
  if (seen === 0) return undefined;
  return {
    account: 'A switch to a stack on which nothing had run yet went to address 0.',
    weight: 0.8,
    evidence: {
      rule: RULE,
      text: `no address of code lies on this stack, neither below %rsp nor above: nothing ran on it before, so it was switched to`,
      weight: 0.7,
      refs: [register('rsp')],
    },
  };
}
