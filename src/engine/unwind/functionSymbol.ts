import { toLink } from '../modules/moduleMap.js';
import { lookupAddress, type StackFrame } from './stackFrame.js';
import type { UnwindContext } from './unwindContext.js';

/** The symbol of the function a frame is in. */
export interface FunctionSymbol {
  /** As the linker has it, not demangled. */
  readonly name: string;
  /** Runtime address of its first instruction. */
  readonly start: bigint;
}

/** @returns `undefined` when no binary answers for the pc, or none of its symbols covers it */
export function symbolOf(context: UnwindContext, frame: StackFrame): FunctionSymbol | undefined {
  return symbolAt(context, lookupAddress(frame));
}

function symbolAt(context: UnwindContext, address: bigint): FunctionSymbol | undefined {
  const module = context.modules.find(address);
  const link = module === undefined ? undefined : toLink(module, address);
  if (module?.bias === undefined || link === undefined) return undefined;
  const symbol = module.image?.symbols.find(link, true) ?? module.debugImage?.symbols.find(link, true);
  return symbol && { name: symbol.name, start: BigInt.asUintN(64, symbol.value + module.bias) };
}

/**
 * Whether a frame's function was called from nowhere: the runtime of Go makes a thread that a signal interrupted go on in these, with the
 * interrupted instruction as the return address (runtime/signal_unix.go, `preparePanic`, `doSigPreempt`; runtime/debugcall.go).
 */
export function isInjectedCall(context: UnwindContext, frame: StackFrame): boolean {
  const name = symbolOf(context, frame)?.name;
  return name !== undefined && INJECTED.test(name);
}

const INJECTED = /^runtime\.(?:sigpanic0?|asyncPreempt|debugCallV\d)(?:\.abi0)?$/;

/**
 * Whether a return address is the one that the runtime of Go puts under every goroutine: one byte into `runtime.goexit`, which no call
 * precedes (runtime/proc.go, `newproc1`).
 */
export function isGoroutineEnd(context: UnwindContext, returnAddress: bigint): boolean {
  const symbol = symbolAt(context, returnAddress - 1n);
  return symbol !== undefined && symbol.start === returnAddress - 1n && GOROUTINE_END.test(symbol.name);
}

const GOROUTINE_END = /^runtime\.goexit(?:\.abi0)?$/;

/** Whether nothing calls a function: where goroutines, threads and the program start in Go, which has no call-frame information to say so. */
export function isOutermost({ name }: FunctionSymbol): boolean {
  return /^runtime\.(?:goexit|clone|rt0_go)(?:\.abi0)?$/.test(name);
}

/** Whether a symbol names the rarely run part of a function, which is jumped into and never called. */
export function isPart({ name }: FunctionSymbol): boolean {
  return /\.cold(?:\.\d+)?$/.test(name);
}
