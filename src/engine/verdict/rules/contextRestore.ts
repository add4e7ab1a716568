import { runtimeAddress } from '../../base/addresses.js';
import { checkReturnAddress, isCode } from '../../unwind/unwindContext.js';
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

/** Registers that a call may change: what still points at the saved registers there was used to load them. */
const SCRATCH = ['rsi', 'rdi', 'rdx', 'rax', 'rcx', 'r8', 'r9', 'r10', 'r11'];
const KEPT = ['rbx', 'rbp', 'r12', 'r13', 'r14', 'r15'];
/** Words of a stack that was left, in which its return address must lie: the kept registers, perhaps control words and a parameter. */
const MOST_POPPED = 10;
/** Kept registers that are enough by themselves, 0 not counted: a wiped stack holds any number of zeros. */
const LEAST_FOUND = 3;
/** Two stacks are farther apart than this, in bytes; a function's own words are not. */
const APART = 4096n;

/**
 * A stack that was switched to: a register still points at the lowest of the words that were popped from it, which are just the kept
 * registers, with the address after them. A function that merely returns pops its registers from where %rsp is, and needs no pointer to them;
 * what it has pointers to are its locals, below.
 */
export function switchedStack(rule: RuleContext): Restored | undefined {
  const { registers } = rule.crash;
  const saved = rule.sp - 8n * BigInt(KEPT.length + 1);
  const words = KEPT.map((_, index) => wordAt(rule, saved + BigInt(8 * index)));
  const values = KEPT.map((kept) => registers.get(kept) ?? 0n);
  if (!values.every((value) => count(words, value) === count(values, value))) return undefined;
  const found = new Set(values.filter((value) => value !== 0n)).size;
  for (const name of SCRATCH) {
    if (found === 0 || registers.get(name) !== saved) continue;
    if (found < LEAST_FOUND && !leftStack(rule, name)) continue;
    return {
      account:
        'A switch to another stack, on which functions had run before, found 0 where the address to go on at should have been.',
      weight: 0.92,
      evidence: {
        rule: RULE,
        text: `%${name} points at the words from which the kept registers were loaded, right below the address that was popped: %rsp was set from it, to go on with another stack`,
        weight: 0.8,
        refs: [register(name), { kind: 'slot', address: runtimeAddress(saved) }],
      },
    };
  }
  return undefined;
}

function count(words: readonly (bigint | undefined)[], value: bigint): number {
  return words.filter((word) => word === value).length;
}

/** Whether another register points at where the stack that was left is kept: there its own words lie, with an address to go on at. */
function leftStack(rule: RuleContext, loaded: string): boolean {
  return SCRATCH.some((name) => {
    const place = name === loaded ? undefined : rule.crash.registers.get(name);
    const left = place === undefined || place % 8n !== 0n ? undefined : wordAt(rule, place);
    if (left === undefined || left % 8n !== 0n) return false;
    const distance = left > rule.sp ? left - rule.sp : rule.sp - left;
    if (distance < APART) return false;
    for (let i = 0; i <= MOST_POPPED; i++) {
      const word = wordAt(rule, left + BigInt(8 * i));
      const kind = word === undefined ? 'notCode' : checkReturnAddress(rule.unwind, word).kind;
      if (kind === 'call' || kind === 'unknown') return true;
    }
    return false;
  });
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
