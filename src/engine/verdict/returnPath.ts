import { runtimeAddress } from '../base/addresses.js';
import { functionExtent } from './functionCode.js';
import type { CodeContext } from './ruleContext.js';

/** Instructions followed: epilogues are short. */
const FOLLOWED = 256;

/**
 * Whether a function can run from a place in it to one of its returns without another call. The return address that a call left stays
 * the last one at its place only then.
 *
 * @param start runtime address of the function
 * @returns `undefined` when the code is not known or too long to say
 */
export function returnsWithoutCall(rule: CodeContext, start: bigint, from: bigint): boolean | undefined {
  const end = start + BigInt(functionExtent(rule, start));
  if (rule.disassembler === undefined || from < start || from >= end) return undefined;
  const seen = new Set<bigint>();
  const pending = [from];
  for (let followed = 0; followed < FOLLOWED;) {
    const address = pending.pop();
    if (address === undefined) return false;
    if (seen.has(address)) continue;
    seen.add(address);
    followed++;
    // What leaves the function is a tail jump or a cold part: it may return.
    if (address < start || address >= end) return true;
    const { bytes } = rule.unwind.memory.read(runtimeAddress(address), 15);
    const decoded = rule.disassembler.decode(bytes, runtimeAddress(address));
    if (decoded === undefined) return undefined;
    const next = address + BigInt(decoded.length);
    switch (decoded.flow) {
      case 'return':
      case 'indirectJump':
        return true;
      case 'next':
      case 'interrupt':
        pending.push(next);
        break;
      case 'jump':
        if (decoded.target !== undefined) pending.push(decoded.target);
        break;
      case 'conditional':
        pending.push(next);
        if (decoded.target !== undefined) pending.push(decoded.target);
        break;
      case 'call':
      case 'indirectCall':
      case 'trap':
        break;
    }
  }
  return undefined;
}
