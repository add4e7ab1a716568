import { isPlausibleReturnAddress } from '../unwind/unwindContext.js';
import { isSavedFramePointer } from './poppedWord.js';
import { type RuleContext, wordAt } from './ruleContext.js';

/** Farther from the program counter a return address is hardly one of the same function's. */
const NEAR = 4096n;

/** Where a stack pointer that was moved down by two or four words finds the return address of an earlier call. */
const MOVED_DOWN = [8n, 24n];

/** Words looked through for the nearest return address. */
const LOOKED_AT = 64n;

/**
 * Whether the stack pointer is where the function at the program counter made its last call, told by words alone. That call has left its
 * return address right below the stack pointer, where nothing but a further call writes (System V AMD64 ABI §3.2.2: the area below is the
 * function's own only while it calls nobody, and signal handlers keep off its first 128 bytes); a body that calls keeps the stack pointer a
 * multiple of 16. Without that a moved stack pointer, with which the function read other words than it meant, leaves much the same registers.
 *
 * @param fault the refused address: one that is a return address of the function's itself was read where a call had written it
 */
export function isWhereItCalled(rule: RuleContext, fault: bigint): boolean {
  const { pc, sp } = rule;
  const code = rule.space().find(pc);
  if (code === undefined || sp % 16n !== 0n) return false;
  const isOwn = (address: bigint | undefined): boolean =>
    address !== undefined &&
    address >= code.start &&
    address < code.end &&
    address - pc < NEAR &&
    pc - address < NEAR &&
    isPlausibleReturnAddress(rule.unwind, address);
  if (!isOwn(wordAt(rule, sp - 8n)) || isOwn(fault)) return false;
  if (MOVED_DOWN.some((distance) => isOwn(wordAt(rule, sp + distance)))) return false;
  return nearestReturnAddress(rule) % 16n === 8n;
}

/**
 * Whether the function at the program counter, or the nearest one that does, keeps a frame pointer, told by the records that it leads to. Such
 * functions find their own words from it: a stack pointer that was moved makes them read no others.
 */
export function keepsFramePointers(rule: RuleContext): boolean {
  const framePointer = rule.crash.registers.get(rule.unwind.architecture.framePointer) ?? 0n;
  if (!isSavedFramePointer(rule, framePointer)) return false;
  const next = wordAt(rule, framePointer) ?? 0n;
  return next - framePointer < LARGEST_FRAME && isSavedFramePointer(rule, next);
}

const LARGEST_FRAME = 1n << 20n;

/** How far above the stack pointer the nearest return address lies; 8 modulo 16, as it should be, when none is near. */
function nearestReturnAddress(rule: RuleContext): bigint {
  for (let i = 0n; i < LOOKED_AT; i++) {
    const word = wordAt(rule, rule.sp + 8n * i);
    if (word === undefined) break;
    if (isPlausibleReturnAddress(rule.unwind, word)) return 8n * i;
  }
  return 8n;
}
