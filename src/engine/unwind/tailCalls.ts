import { runtimeAddress, type RuntimeAddress } from '../base/addresses.js';
import type { TailCalls } from '../dwarf/tailCalls.js';
import { FactKey } from '../modules/imageFacts.js';
import { toLink } from '../modules/moduleMap.js';
import { symbolOf } from './functionSymbol.js';
import type { StackFrame } from './stackFrame.js';
import { checkReturnAddress, isCode, type UnwindContext } from './unwindContext.js';

/** More functions than this are not looked through for one chain. */
const MOST_FUNCTIONS = 64;

/**
 * Functions that were called between two frames and have left no frame, because each jumped to the next as the last thing it did: their
 * runtime entry addresses, the first that was called first. Where the debug information lists all such jumps of every function that the
 * call can have led through, only those that lie on every way from the call to `callee` are told; elsewhere none.
 */
export function tailCallsBetween(
  context: UnwindContext,
  callee: StackFrame,
  caller: StackFrame,
): readonly RuntimeAddress[] {
  const { architecture } = context;
  if (architecture.jumpTarget === undefined || caller.interrupted || !LINKED.has(caller.trust)) return [];
  const first = targetOf(context, caller.pc);
  // Nearly always the call led to where the callee is, which symbols tell without debug information.
  if (first === undefined || symbolOf(context, callee)?.start === first) return [];
  const pc = callee.interrupted ? callee.pc : runtimeAddress(callee.pc - 1n);
  const last = functionAt(context, pc)?.entry;
  if (last === undefined || last === first) return [];
  const ways = waysBetween(context, first, last);
  return ways === undefined ? [] : onEveryWay(ways, first, last);
}

/** Rules by which a frame is its callee's caller for certain. */
const LINKED: ReadonlySet<StackFrame['trust']> = new Set(['cfi', 'framePointer', 'context']);

interface FunctionCode extends TailCalls {
  readonly entry: bigint;
  readonly bias: bigint;
}

const TAIL_CALLS = new FactKey<(TailCalls & { readonly entry: bigint }) | undefined>('tail calls');

/** The function that holds a runtime address, by the debug information; its entry as a runtime address. */
function functionAt(context: UnwindContext, address: RuntimeAddress): FunctionCode | undefined {
  const module = context.modules.find(address);
  const link = module === undefined ? undefined : toLink(module, address);
  if (module?.bias === undefined || link === undefined) return undefined;
  const image = [module.debugImage, module.image].find((each) => each?.debugInfo !== undefined);
  const found = image?.facts.at(TAIL_CALLS, link, () => image.debugInfo?.tailCalls(link));
  return found && { ...found, entry: BigInt.asUintN(64, found.entry + module.bias), bias: module.bias };
}

/** Where the call before a return address led, through a pointer at a fixed place and through a stub of the linker. */
function targetOf(context: UnwindContext, returnAddress: RuntimeAddress): RuntimeAddress | undefined {
  const check = checkReturnAddress(context, returnAddress);
  if (check.kind !== 'call') return undefined;
  const { target, operand } = check.site;
  if (target !== undefined) return throughStub(context, target);
  const pointer =
    operand?.kind === 'memory' && operand.index === undefined && operand.address !== undefined
      ? context.memory.word(operand.address)
      : undefined;
  return pointer !== undefined && isCode(context, pointer) ? runtimeAddress(pointer) : undefined;
}

function throughStub(context: UnwindContext, target: RuntimeAddress): RuntimeAddress {
  const { bytes } = context.memory.read(target, 16);
  const slot = context.architecture.stubSlot?.(bytes, target);
  const pointer = slot === undefined ? undefined : context.memory.word(slot);
  return pointer !== undefined && isCode(context, pointer) ? runtimeAddress(pointer) : target;
}

/** For each function that can be reached by such jumps, whereto it jumps; `undefined` where any of that is not known for certain. */
function waysBetween(
  context: UnwindContext,
  first: RuntimeAddress,
  last: bigint,
): ReadonlyMap<bigint, readonly bigint[]> | undefined {
  const ways = new Map<bigint, readonly bigint[]>();
  const open: bigint[] = [first];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === last || ways.has(at)) continue;
    const code = functionAt(context, runtimeAddress(at));
    if (code?.entry !== at || !code.complete || ways.size >= MOST_FUNCTIONS) return undefined;
    const targets: bigint[] = [];
    for (const { address, behind } of code.jumps) {
      const target = jumpTarget(context, runtimeAddress(BigInt.asUintN(64, BigInt(address) + code.bias)), behind);
      if (target === undefined) return undefined;
      targets.push(throughStub(context, target));
    }
    ways.set(at, targets);
    open.push(...targets);
  }
  return ways;
}

function jumpTarget(context: UnwindContext, address: RuntimeAddress, behind: boolean): RuntimeAddress | undefined {
  const start = behind ? runtimeAddress(address - LONGEST_JUMP) : address;
  const { bytes } = context.memory.read(start, Number(LONGEST_JUMP));
  return bytes.length < Number(LONGEST_JUMP) ? undefined : context.architecture.jumpTarget?.(bytes, start, behind);
}

/** `jcc rel32` has 6 bytes. */
const LONGEST_JUMP = 6n;

/** Functions without which the last cannot be reached from the first, in the order in which they ran. */
function onEveryWay(ways: ReadonlyMap<bigint, readonly bigint[]>, first: bigint, last: bigint): RuntimeAddress[] {
  const way = wayAround(ways, first, last, undefined);
  return (way ?? [])
    .filter((between) => between === first || wayAround(ways, first, last, between) === undefined)
    .map(runtimeAddress);
}

/** The shortest way that avoids one function, without the last. */
function wayAround(
  ways: ReadonlyMap<bigint, readonly bigint[]>,
  first: bigint,
  last: bigint,
  avoided: bigint | undefined,
): readonly bigint[] | undefined {
  const cameFrom = new Map<bigint, bigint | undefined>([[first, undefined]]);
  for (const at of cameFrom.keys()) {
    for (const next of ways.get(at) ?? []) {
      if (next === last) {
        const way: bigint[] = [];
        for (let back: bigint | undefined = at; back !== undefined; back = cameFrom.get(back)) way.push(back);
        return way.reverse();
      }
      if (next !== avoided && !cameFrom.has(next)) cameFrom.set(next, at);
    }
  }
  return undefined;
}
