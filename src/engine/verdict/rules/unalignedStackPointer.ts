import { runtimeAddress } from '../../base/addresses.js';
import { isPlausibleReturnAddress } from '../../unwind/unwindContext.js';
import { asCalled } from '../candidateStacks.js';
import { type Evidence, register, slot } from '../evidence.js';
import type { Finding } from '../finding.js';
import { nameOf, type RuleContext, wordAt } from '../ruleContext.js';

const RULE = 'unaligned-stack-pointer';

/**
 * A stack pointer that is no multiple of a word: pushes, pops, calls and the frames that compilers make move it by whole words, so it was
 * moved by something else, whatever became of that.
 *
 * @param measured how far it was moved, by where the return addresses lie, if that could be told
 */
export function unalignedStackPointer(rule: RuleContext, measured: () => Finding | undefined): Finding | undefined {
  const returnAddress = rule.unwind.architecture.stackWord === 8 ? onStack(rule) : undefined;
  if (returnAddress === undefined) return undefined;
  const { stackPointer } = rule.unwind.architecture;
  const rest = rule.sp % 8n;
  const evidence: Evidence = {
    rule: RULE,
    text: `%${stackPointer} is ${rest} modulo 8: pushes, pops, calls and frames move it by whole words, and no compiler leaves it there`,
    weight: 0.9,
    refs: [register(stackPointer), slot(runtimeAddress(returnAddress))],
  };
  const finding = measured();
  if (finding === undefined)
    return {
      label: 'misaligned-stack',
      kind: 'rsp-shift',
      confidence: SURE,
      account: `%${stackPointer} was moved by a number of bytes that is no multiple of 8, and the process went on with it as far as ${nameOf(rule, rule.pc)}.`,
      evidence: [evidence],
      missing: ['how far it was moved is not known: the return addresses around it could not be told apart'],
      stack: asCalled(rule),
    };
  const { shift, ...unmeasured } = finding;
  const isMeasured = shift !== undefined && finding.confidence >= MEASURED;
  return {
    ...(isMeasured ? finding : unmeasured),
    confidence: SURE,
    evidence: [evidence, ...finding.evidence],
    ...(isMeasured
      ? {}
      : {
          account: `%${stackPointer} was moved by a number of bytes that is no multiple of 8${shift === undefined ? '' : `, perhaps ${shift}`}.`,
          missing: [...finding.missing, 'how far it was moved is the likeliest of several amounts'],
        }),
  };
}

const SURE = 0.95;
const MEASURED = 0.8;

/** Words looked through for one that says that this is a stack. */
const LOOKED_AT = 512;

/** Where the nearest return address above a stack pointer lies that is no multiple of a word. */
function onStack(rule: RuleContext): bigint | undefined {
  const rest = rule.sp % 8n;
  if (rest === 0n) return undefined;
  for (let i = 0n; i < LOOKED_AT; i++) {
    const place = rule.sp - rest + 8n * i;
    const word = wordAt(rule, place);
    if (word === undefined) return undefined;
    if (isPlausibleReturnAddress(rule.unwind, word)) return place;
  }
  return undefined;
}
