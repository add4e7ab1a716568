import { runtimeAddress } from '../base/addresses.js';
import type { RuleContext } from './ruleContext.js';

/** No prologue is longer. */
const INSTRUCTIONS = 24;

/**
 * How far below its frame pointer a function's prologue leaves the stack pointer, in bytes: what it pushes and subtracts after the frame
 * pointer was set up.
 *
 * @param start runtime address of the function
 * @returns `undefined` when the function keeps no frame pointer, realigns its stack, probes it in a loop, or its code is not known
 */
export function depthBelowFramePointer(rule: RuleContext, start: bigint): bigint | undefined {
  if (rule.disassembler === undefined) return undefined;
  const { bytes } = rule.unwind.memory.read(runtimeAddress(start), INSTRUCTIONS * 15);
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
    else if (/^(and|cmp|lea)\b.*%rsp$/.test(text)) return undefined;
    else if (mnemonic === 'sub' && text.endsWith('%rsp')) {
      const amount = /\$(0x[0-9a-f]+|\d+),/i.exec(text)?.[1];
      if (amount === undefined) return undefined;
      below += BigInt(amount);
    } else if (mnemonic === 'add' && text.endsWith('%rsp')) {
      // A subtraction of 128 is encoded as the addition of -128.
      const amount = /\$(-?)(0x[0-9a-f]+|\d+),/i.exec(text);
      if (amount?.[1] !== '-') break;
      below += BigInt(amount[2] ?? '0');
    } else if (decoded.flow !== 'next') break;
  }
  return established ? below : undefined;
}
