import type { Disassembler, FlagEffect } from '../arch/disassembler.js';
import { runtimeAddress } from '../base/addresses.js';
import { FactKey } from '../modules/imageFacts.js';
import { workedOut } from './functionCode.js';
import type { RuleContext } from './ruleContext.js';

/**
 * Whether the flags can be those that a function leaves at one of its returns: the last instruction before a return that sets them
 * says what carry, overflow, zero, sign and parity must be.
 *
 * @param after the stack pointer behind the return
 * @param shift bytes by which the stack pointer was moved at some time before the return: what describes it may have been set earlier
 * @returns `false` only when every return of the function contradicts the flags; `true` when one was checked and agrees; `undefined`
 *   when nothing could be checked
 */
export function flagsFitReturn(rule: RuleContext, start: bigint, after: bigint, shift = 0n): boolean | undefined {
  const { disassembler } = rule;
  const flags = rule.crash.registers.get('eflags');
  if (flags === undefined || disassembler === undefined) return undefined;
  const worked = workedOut(rule, RETURN_FLAGS, start, (code, at) => readReturns(disassembler, code, at));
  for (const left of worked?.fact ?? []) {
    if (left === undefined) return undefined;
    const stackPointers = [after - left.popped, after - left.popped - shift];
    if (stackPointers.some((sp) => !contradicts(rule, flags, left.effect, left.overwritten, sp))) return true;
  }
  return (worked?.fact.length ?? 0) > 0 ? false : undefined;
}

/** What a function leaves in the flags at one of its returns. */
interface FlagsLeft {
  readonly effect: FlagEffect;
  /** Registers that were written since. */
  readonly overwritten: ReadonlySet<string>;
  /** Bytes that were popped since, the return address with them. */
  readonly popped: bigint;
}

const RETURN_FLAGS = new FactKey<readonly (FlagsLeft | undefined)[]>('flags at the returns of a function');
const LONGEST_INSTRUCTION = 15;

/** For each return of a function in turn what is left in the flags; `undefined` where that is not known. */
function readReturns(disassembler: Disassembler, code: Uint8Array, at: bigint): readonly (FlagsLeft | undefined)[] {
  const returns: (FlagsLeft | undefined)[] = [];
  let effect: FlagEffect | undefined;
  let overwritten = new Set<string>();
  let popped = 0n;
  for (let offset = 0; offset < code.length;) {
    const decoded = disassembler.decode(
      code.subarray(offset, offset + LONGEST_INSTRUCTION),
      runtimeAddress(at + BigInt(offset)),
    );
    if (decoded === undefined) break;
    offset += decoded.length;
    if (decoded.flags !== undefined) {
      effect = decoded.flags;
      popped = 0n;
      overwritten = new Set();
    } else if (decoded.writes !== undefined) overwritten.add(decoded.writes);
    if (decoded.mnemonic === 'pop' || decoded.flow === 'return') popped += 8n;
    if (decoded.flow === 'return')
      returns.push(effect === undefined ? undefined : { effect, overwritten: new Set(overwritten), popped });
    // What flags a jump or call brings along is not known.
    if (decoded.flow !== 'next') effect = undefined;
  }
  return returns;
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
