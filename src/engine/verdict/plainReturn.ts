import { checkReturnAddress } from '../unwind/unwindContext.js';
import { type Evidence, register } from './evidence.js';
import { shapeOf } from './functionShape.js';
import { type RuleContext, wordAt } from './ruleContext.js';

/**
 * Whether a plain return, with the stack pointer in order, can have led here: then the caller's frame starts at the stack pointer, and
 * the distance to its own return address is one that the caller has at one of its calls. gcc keeps stacks of local functions
 * aligned to 8 only, so the remainder modulo 16 alone proves nothing.
 *
 * @returns `refuted` when the nearest return address belongs to a function that has no call at that distance
 */
export function plainReturn(rule: RuleContext): 'holds' | 'refuted' | 'unknown' {
  let answer: 'refuted' | 'unknown' = 'unknown';
  const framePointer = rule.crash.registers.get(rule.unwind.architecture.framePointer);
  for (let i = 0; i < SLOTS; i++) {
    const place = rule.sp + BigInt(8 * i);
    const address = wordAt(rule, place);
    if (address === undefined) break;
    const check = checkReturnAddress(rule.unwind, address);
    if (check.kind !== 'call' || check.site.target === undefined) continue;
    const shape = shapeOf(rule, check.site.target);
    if (shape === undefined) continue;
    const cfa = place + 8n;
    if (shape.callOffsets.has(cfa - rule.sp)) return 'holds';
    if (shape.framePointerCalls > 0 && framePointer !== undefined && cfa === framePointer + 16n) return 'holds';
    if (shape.callOffsets.size > 0) answer = 'refuted';
  }
  return answer;
}

/** What to say where a plain return holds although the stack pointer is no multiple of 16. */
export function calledUnaligned(rule: RuleContext, name: string): Evidence {
  const { stackPointer } = rule.unwind.architecture;
  return {
    rule: name,
    text: `%${stackPointer} is 8 modulo 16, and the caller on the stack has a call at just this distance: a plain return leaves it so`,
    weight: 0.4,
    refs: [register(stackPointer)],
  };
}

const SLOTS = 64;
