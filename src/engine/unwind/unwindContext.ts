import type { Architecture, CallSite } from '../arch/architecture.js';
import { runtimeAddress } from '../base/addresses.js';
import type { MemoryView } from '../base/memoryView.js';
import type { CoreMemory } from '../core/coreMemory.js';
import type { ModuleMap } from '../modules/moduleMap.js';
import type { CodeRanges } from './codeRanges.js';
import type { KnownSteps } from './knownSteps.js';
import type { StackDepths } from './stackDepths.js';

/** What an unwinder may know. */
export interface UnwindContext {
  readonly architecture: Architecture;
  readonly memory: MemoryView;
  readonly core: CoreMemory;
  readonly modules: ModuleMap;
  /** Where code can be: what a word has to point into before it is looked at further. */
  readonly code: CodeRanges;
  /** What functions do to the stack, by their code; absent where code is not read. */
  readonly depths?: StackDepths | undefined;
  /** Words that were looked at already, most of them again and again. */
  readonly checked?: Map<bigint, ReturnAddressCheck> | undefined;
  /** Steps that were taken already; only while nothing more is fetched. */
  readonly steps?: KnownSteps | undefined;
}

/** What a push or a call left at `address`, in the width that the architecture pushes; `undefined` when any of it is not there. */
export function stackWord(context: UnwindContext, address: bigint): bigint | undefined {
  const { architecture, memory } = context;
  if (architecture.stackWord === 8) return memory.word(runtimeAddress(address));
  const { bytes } = memory.read(runtimeAddress(address), 4);
  return bytes.length < 4 ? undefined : BigInt(new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true));
}

/** Whether an address lies in memory that was mapped executable. */
export function isCode(context: UnwindContext, address: bigint): boolean {
  return (
    context.core.segmentAt(address)?.executable === true || context.modules.range(address)?.range.executable === true
  );
}

/**
 * What comes before a presumed return address.
 * - `call`: a call instruction ends there
 * - `notACall`: the bytes are known and none does
 * - `unknown`: executable, but its bytes are not in the core and no binary supplies them
 * - `notCode`: it does not point into executable memory
 */
export type ReturnAddressCheck =
  | { readonly kind: 'call'; readonly site: CallSite }
  | { readonly kind: 'notACall' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'notCode' };

/** Longest call instruction with prefixes. */
const LONGEST_CALL = 8;

/** Words that are remembered: more than the candidate stacks of one thread hold. */
const REMEMBERED = 4096;

export function checkReturnAddress(context: UnwindContext, address: bigint): ReturnAddressCheck {
  const known = context.checked?.get(address);
  if (known !== undefined) return known;
  if (address < 4096n || !isCode(context, address - 1n)) return remembered(context, address, NOT_CODE);
  const start = runtimeAddress(address - BigInt(LONGEST_CALL));
  const { bytes, rest } = context.memory.read(start, LONGEST_CALL);
  const before = bytes.length === LONGEST_CALL ? bytes : shorter(context, address);
  if (before === 'notFetched') return UNKNOWN;
  if (before === 'missing') return remembered(context, address, UNKNOWN);
  const sites = context.architecture.callsBefore(before, runtimeAddress(address));
  // A weak symbol that nobody defines is called at address 0 in static programs.
  const site =
    sites.find((candidate) => candidate.target === undefined || isCode(context, candidate.target)) ??
    sites.find((candidate) => candidate.target === 0n);
  const check: ReturnAddressCheck = site === undefined ? { kind: 'notACall' } : { kind: 'call', site };
  // Once they are fetched, more bytes may say otherwise.
  return rest === 'notFetched' ? check : remembered(context, address, check);
}

function remembered({ checked }: UnwindContext, address: bigint, check: ReturnAddressCheck): ReturnAddressCheck {
  if (checked !== undefined && checked.size >= REMEMBERED) checked.clear();
  checked?.set(address, check);
  return check;
}

const NOT_CODE: ReturnAddressCheck = { kind: 'notCode' };
const UNKNOWN: ReturnAddressCheck = { kind: 'unknown' };

/** Close to the start of a mapping fewer bytes precede the address. */
function shorter(context: UnwindContext, address: bigint): Uint8Array | 'missing' | 'notFetched' {
  let missing: 'missing' | 'notFetched' = 'missing';
  for (let length = 6; length >= 2; length--) {
    const { bytes, rest } = context.memory.read(runtimeAddress(address - BigInt(length)), length);
    if (bytes.length === length) return bytes;
    if (rest === 'notFetched') missing = 'notFetched';
  }
  return missing;
}

/** Whether the code at an address returns from a signal handler, as far as it is known. */
export function isSignalTrampoline(context: UnwindContext, address: bigint): boolean {
  const { architecture, memory } = context;
  if (architecture.signalTrampolineSize === 0) return false;
  return architecture.isSignalTrampoline(memory.read(runtimeAddress(address), architecture.signalTrampolineSize).bytes);
}

/**
 * Whether a word on the stack is the return address of a signal handler, which no call precedes: a signal frame starts with it.
 *
 * @param slot where the word lies
 */
export function isHandlerReturn(context: UnwindContext, slot: bigint, address: bigint): boolean {
  const { architecture, memory } = context;
  if (architecture.signalFrameSize === 0 || !isCode(context, address)) return false;
  const known = isSignalTrampoline(context, address);
  return architecture.signalFrameAt(memory, runtimeAddress(slot), known)?.returnTrampoline === address;
}

/** Whether a word can be a return address: behind a call where the code is known, in executable memory where it is not. */
export function isPlausibleReturnAddress(context: UnwindContext, address: bigint): boolean {
  const { kind } = checkReturnAddress(context, address);
  return kind === 'call' || kind === 'unknown';
}
