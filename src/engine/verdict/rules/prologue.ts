import { runtimeAddress } from '../../base/addresses.js';
import { functionStartOf } from '../../unwind/coherence.js';
import type { StackFrame } from '../../unwind/stackFrame.js';
import type { RuleContext } from '../ruleContext.js';

/** No prologue is longer. */
const INSTRUCTIONS = 24;

/**
 * Where a function's prologue leaves the stack pointer, from its frame pointer: frame pointer minus what was pushed and subtracted
 * after it was set up.
 *
 * @returns `undefined` when the function keeps no frame pointer, realigns its stack, or its code is not known
 */
export function frameSizeBelowFramePointer(rule: RuleContext, frame: StackFrame): bigint | undefined {
  const { architecture, memory } = rule.unwind;
  const start = functionStartOf(rule.unwind, frame);
  const framePointer = frame.registers.get(architecture.framePointer);
  if (start === undefined || framePointer === undefined || rule.disassembler === undefined) return undefined;
  const { bytes } = memory.read(runtimeAddress(start), INSTRUCTIONS * 15);
  let established = false;
  let below = 0n;
  let offset = 0;
  for (let i = 0; i < INSTRUCTIONS && offset < bytes.length; i++) {
    const decoded = rule.disassembler.decode(bytes.subarray(offset), runtimeAddress(start + BigInt(offset)));
    if (decoded === undefined) return undefined;
    const { text, mnemonic } = decoded;
    offset += decoded.length;
    if (/^mov\s+%rsp,\s*%rbp$/.test(text)) established = true;
    else if (!established) continue;
    else if (mnemonic === 'push') below += 8n;
    else if (mnemonic === 'and' && text.endsWith('%rsp')) return undefined;
    else if (mnemonic === 'sub' && text.endsWith('%rsp')) {
      const amount = /\$(0x[0-9a-f]+|\d+),/i.exec(text)?.[1];
      return amount === undefined ? undefined : framePointer - below - BigInt(amount);
    } else if (decoded.flow !== 'next') break;
  }
  return established ? framePointer - below : undefined;
}
