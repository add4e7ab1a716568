import { runtimeAddress } from '../base/addresses.js';
import { cfiRowOf } from './rules/cfiRule.js';
import type { StackFrame, Walk } from './stackFrame.js';
import { checkReturnAddress, type UnwindContext } from './unwindContext.js';

/** How much sense a reconstructed stack makes: the measure by which candidate stacks are compared. */
export interface Coherence {
  /** 0 to 1. */
  readonly score: number;
  /** Callers whose call instruction names the very function of the frame below. */
  readonly chained: number;
  /** Callers whose code is known and holds no call before the return address, or calls something else. */
  readonly broken: number;
  /** Frames above the first that were found by scanning. */
  readonly scanned: number;
  readonly outermost: boolean;
}

/**
 * Weighs every caller of a walk: is there a call before its return address, does that call lead to the function below, did
 * call-frame information find it, does the stack end where stacks end? A frame without a caller agrees with nothing, wherever the walk from
 * it stopped.
 */
export function coherenceOf(context: UnwindContext, walk: Walk): Coherence {
  let points = 0;
  let possible = 0;
  let chained = 0;
  let broken = 0;
  let scanned = 0;
  for (let i = 1; i < Math.min(walk.frames.length, WEIGHED); i++) {
    const frame = walk.frames[i];
    const below = walk.frames[i - 1];
    if (frame === undefined || below === undefined || frame.interrupted) continue;
    possible += 2;
    if (frame.trust === 'scan') scanned++;
    const link = linkBetween(context, below, frame);
    if (link === 'chained') chained++;
    if (link === 'broken') broken++;
    points += POINTS[link] - (frame.trust === 'scan' ? 0.7 : 0);
  }
  const outermost = walk.stop === 'outermost';
  possible += 2;
  if (outermost) points += 2;
  const score = walk.frames.length > 1 ? Math.max(0, Math.min(1, points / possible)) : 0;
  return { score, chained, broken, scanned, outermost };
}

/**
 * - `chained`: a direct call to the function of the frame below, or to the linkage stub through which it is reached
 * - `plausible`: an indirect call, or a direct one to a function that may have jumped on
 * - `unknown`: the code is not known
 * - `broken`: no call comes before the return address
 */
export type Link = 'chained' | 'plausible' | 'unknown' | 'broken';

const POINTS: Readonly<Record<Link, number>> = { chained: 2, plausible: 1.5, unknown: 0.8, broken: -2 };
const WEIGHED = 64;

/** Whether `caller` can have called the function in which `below` is. */
export function linkBetween(context: UnwindContext, below: StackFrame, caller: StackFrame): Link {
  const check = checkReturnAddress(context, caller.pc);
  if (check.kind === 'unknown') return 'unknown';
  if (check.kind !== 'call') return 'broken';
  const { target } = check.site;
  if (target === undefined) return 'plausible';
  return target === functionStartOf(context, below) ? 'chained' : 'plausible';
}

/** Runtime address of the first instruction of the function a frame is in, by call-frame information. */
export function functionStartOf(context: UnwindContext, frame: StackFrame): bigint | undefined {
  const row = cfiRowOf(context, frame);
  const module = context.modules.find(frame.interrupted ? frame.pc : runtimeAddress(frame.pc - 1n));
  return typeof row === 'string' || module?.bias === undefined
    ? undefined
    : BigInt.asUintN(64, row.functionStart + module.bias);
}
