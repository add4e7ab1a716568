import { runtimeAddress } from '../base/addresses.js';
import { type BitFlip, bitFlipOf, flipEvidence } from './bitFlip.js';
import { accessesOf } from './effectiveAddress.js';
import { type Evidence, register, slot } from './evidence.js';
import type { Finding } from './finding.js';
import { decodeAt, type RuleContext, wordAt } from './ruleContext.js';

/** A flip that would explain the finding, and the sentence that says so. */
export interface SuspectedFlip {
  readonly flip: BitFlip;
  readonly evidence: Evidence;
}

/**
 * Whether one turned bit, in the pointer that was followed, the return address that was popped or the address that was called, explains
 * what was found. A suspicion that stands beside the verdict and never makes one.
 */
export function suspectedFlip(rule: RuleContext, finding: Finding): SuspectedFlip | undefined {
  switch (finding.kind) {
    case 'wild-read':
    case 'wild-write':
      return inPointer(rule);
    case 'return-to-wild': {
      const atReturn = rule.unwind.modules.find(rule.pc) !== undefined;
      const place = runtimeAddress(atReturn ? rule.sp : rule.sp - 8n);
      const word = wordAt(rule, place);
      const flip = word === undefined ? undefined : bitFlipOf(rule, word, 'returnAddress');
      return flip && { flip, evidence: flipEvidence(rule, flip, 'the return address', [slot(place)]) };
    }
    case 'wild-jump': {
      const flip = bitFlipOf(rule, rule.pc, 'code');
      return flip && { flip, evidence: flipEvidence(rule, flip, 'the address that was gone to,', [register('rip')]) };
    }
    default:
      return undefined;
  }
}

function inPointer(rule: RuleContext): SuspectedFlip | undefined {
  const decoded = decodeAt(rule, rule.pc);
  if (decoded === undefined) return undefined;
  for (const { operand } of accessesOf(decoded, rule.crash.registers)) {
    const name = operand.base ?? operand.index;
    const value = name === undefined ? undefined : rule.crash.registers.get(name);
    // A pointer that is good itself and led astray by an index or a length is no flipped one.
    if (name === undefined || value === undefined || rule.unwind.core.segmentAt(value) !== undefined) continue;
    const flip = bitFlipOf(rule, value, 'data');
    if (flip !== undefined) return { flip, evidence: flipEvidence(rule, flip, `%${name}`, [register(name)]) };
  }
  return undefined;
}
