import { type RuntimeAddress, runtimeAddress } from '../base/addresses.js';
import { FactKey } from '../modules/imageFacts.js';
import { toLink } from '../modules/moduleMap.js';
import { cfiRowAt } from '../unwind/rules/cfiRule.js';
import { functionExtent } from './functionCode.js';
import { depthBelowFramePointer } from './prologue.js';
import type { RuleContext } from './ruleContext.js';

/** What a function's code says of its use of the stack. */
export interface FunctionShape {
  /**
   * At its calls, the distance from the stack pointer to the canonical frame address, by call-frame information, or by the prologue
   * where a frame pointer defines the frame.
   */
  readonly callOffsets: ReadonlySet<bigint>;
  /** Calls at which a frame pointer defines the frame and the stack pointer may be anywhere below it. */
  readonly unmeasuredCalls: number;
  /** Where a frame pointer defines the frame: how far below it the stack pointer lies at calls, in bytes. */
  readonly framePointerDepth?: bigint;
  /** Every return comes right after `leave` or its like, which sets the stack pointer anew: no shift survives it. */
  readonly heals: boolean;
  /** It loads the stack pointer from elsewhere, to run on another stack: what its call-frame information says holds for one of the two only. */
  readonly switches: boolean;
  /** Call-frame information covers it. */
  readonly described: boolean;
}

/** @returns `undefined` when the function's code or a disassembler is missing */
export function shapeOf(rule: RuleContext, start: bigint): FunctionShape | undefined {
  const code = rule.unwind.memory.read(runtimeAddress(start), functionExtent(rule, start));
  if (code.bytes.length === 0 || rule.disassembler === undefined) return undefined;
  const module = rule.unwind.modules.find(start);
  const link = module === undefined ? undefined : toLink(module, start);
  // Dumped code may be changed code: a breakpoint, a patched jump. Only the file's own is the same in every core.
  return module?.image === undefined || link === undefined || code.provenance === 'core'
    ? readShape(rule, start, code.bytes)
    : module.image.facts.at(SHAPE, link, () => readShape(rule, start, code.bytes));
}

const SHAPE = new FactKey<FunctionShape | undefined>('function shape');

function readShape(rule: RuleContext, start: bigint, bytes: Uint8Array): FunctionShape | undefined {
  if (rule.disassembler === undefined) return undefined;
  const callOffsets = new Set<bigint>();
  let framedCalls = 0;
  let allocates = false;
  let returns = 0;
  let healing = 0;
  let heals = false;
  let switches = false;
  for (let offset = 0; offset < bytes.length;) {
    const address = runtimeAddress(start + BigInt(offset));
    const decoded = rule.disassembler.decode(bytes.subarray(offset, offset + 15), address);
    if (decoded === undefined) break;
    offset += decoded.length;
    if (decoded.flow === 'call' || decoded.flow === 'indirectCall') {
      const distance = frameDistance(rule, address);
      if (distance === 'framePointer') framedCalls++;
      else if (distance !== undefined) callOffsets.add(distance);
    }
    if (/^sub\s+%\w+,\s*%rsp$/.test(decoded.text)) allocates = true;
    if (SWITCH.test(decoded.text)) switches = true;
    if (decoded.flow === 'return') {
      returns++;
      if (heals) healing++;
      heals = false;
    } else if (decoded.mnemonic === 'leave' || /^(mov|lea)\s.*%rbp\)?,\s*%rsp$/.test(decoded.text)) heals = true;
    else if (decoded.mnemonic !== 'pop') heals = false;
  }
  // Compilers make room for what only running tells the size of by a subtraction, or in another register that they move back.
  const below = allocates || switches ? undefined : depthBelowFramePointer(rule, start);
  if (below !== undefined && framedCalls > 0) callOffsets.add(below + ABOVE_FRAME_POINTER);
  const unmeasuredCalls = below === undefined ? framedCalls : 0;
  return {
    callOffsets,
    unmeasuredCalls,
    heals: returns > 0 && healing === returns,
    switches,
    described: cfiRowAt(rule.unwind, runtimeAddress(start)) !== undefined,
    ...(below === undefined ? {} : { framePointerDepth: below }),
  };
}

/** The stack pointer set from a register other than the frame pointer, or from memory that is not the function's own frame. */
const SWITCH = /^(mov[lq]?\s+(%(?!rbp\b)\w+|[^%]*\((?!%r[bs]p\b).*\)),\s*%rsp|xchg\s+(.*,\s*)?%rsp(,.*)?|pop\s+%rsp)$/;

/** The saved frame pointer and the return address lie between the frame pointer and the canonical frame address. */
const ABOVE_FRAME_POINTER = 16n;

/**
 * At the call before a return address, the distance from the stack pointer to the caller's canonical frame address.
 *
 * @param start runtime address of the caller
 * @returns `undefined` without call-frame information, or where a frame pointer leaves the stack pointer free
 */
export function callDistance(rule: RuleContext, start: bigint, returnAddress: bigint): bigint | undefined {
  const distance = frameDistance(rule, runtimeAddress(returnAddress - 1n));
  if (distance !== 'framePointer') return distance;
  const depth = shapeOf(rule, start)?.framePointerDepth;
  return depth === undefined ? undefined : depth + ABOVE_FRAME_POINTER;
}

function frameDistance(rule: RuleContext, address: RuntimeAddress): bigint | 'framePointer' | undefined {
  const row = cfiRowAt(rule.unwind, address);
  if (row === undefined || row.cfa.kind !== 'registerOffset') return undefined;
  return row.cfa.register === rule.unwind.architecture.dwarfStackPointer ? row.cfa.offset : 'framePointer';
}
