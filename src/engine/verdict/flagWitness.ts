import type { FlagEffect } from '../arch/disassembler.js';
import { runtimeAddress } from '../base/addresses.js';
import { functionExtent } from './callReading.js';
import type { RuleContext } from './ruleContext.js';

/**
 * Whether the flags can be those that a function leaves at one of its returns: the last instruction before a return that sets them
 * says what carry, overflow, zero, sign and parity must be.
 *
 * @param after the stack pointer behind the return
 * @returns `false` only when every return of the function contradicts the flags; `true` when one was checked and agrees; `undefined`
 *   when nothing could be checked
 */
export function flagsFitReturn(rule: RuleContext, start: bigint, after: bigint): boolean | undefined {
  const flags = rule.crash.registers.get('eflags');
  if (flags === undefined || rule.disassembler === undefined) return undefined;
  const { bytes } = rule.unwind.memory.read(runtimeAddress(start), functionExtent(rule, start));
  let effect: FlagEffect | undefined;
  let overwritten = new Set<string>();
  let popped = 0n;
  let contradicted = 0;
  for (let offset = 0; offset < bytes.length;) {
    const decoded = rule.disassembler.decode(
      bytes.subarray(offset, offset + 15),
      runtimeAddress(start + BigInt(offset)),
    );
    if (decoded === undefined) break;
    offset += decoded.length;
    if (decoded.flags !== undefined) {
      effect = decoded.flags;
      popped = 0n;
      overwritten = new Set();
    } else if (decoded.writes !== undefined) overwritten.add(decoded.writes);
    if (decoded.mnemonic === 'pop' || decoded.flow === 'return') popped += 8n;
    if (decoded.flow === 'return') {
      if (effect === undefined) return undefined;
      const checked = contradicts(rule, flags, effect, overwritten, after - popped);
      if (!checked) return true;
      contradicted++;
    }
    // What flags a jump or call brings along is not known.
    if (decoded.flow !== 'next') effect = undefined;
  }
  return contradicted > 0 ? false : undefined;
}

const CARRY = 1n << 0n;
const PARITY = 1n << 2n;
const AUXILIARY = 1n << 4n;
const ZERO = 1n << 6n;
const SIGN = 1n << 7n;
const OVERFLOW = 1n << 11n;

function contradicts(
  rule: RuleContext,
  flags: bigint,
  effect: FlagEffect,
  overwritten: ReadonlySet<string>,
  stackPointer: bigint,
): boolean {
  // The manuals call the auxiliary carry undefined after logical instructions; processors clear it.
  if (effect.logical && (flags & (CARRY | OVERFLOW | AUXILIARY)) !== 0n) return true;
  const { result } = effect;
  const register = result?.register;
  const value =
    register === undefined || overwritten.has(register)
      ? undefined
      : register === rule.unwind.architecture.stackPointer
        ? stackPointer
        : rule.crash.registers.get(register);
  if (result === undefined || value === undefined) return false;
  const cut = BigInt.asUintN(result.size * 8, value);
  const zero = cut === 0n;
  const sign = cut >> BigInt(result.size * 8 - 1) === 1n;
  let ones = 0;
  for (let low = Number(cut & 0xffn); low !== 0; low >>= 1) ones += low & 1;
  return (
    zero !== ((flags & ZERO) !== 0n) ||
    sign !== ((flags & SIGN) !== 0n) ||
    (ones % 2 === 0) !== ((flags & PARITY) !== 0n)
  );
}
