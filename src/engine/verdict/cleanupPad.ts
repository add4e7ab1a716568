import { runtimeAddress } from '../base/addresses.js';
import { readLandingPads } from '../dwarf/landingPads.js';
import { cfiRowAt } from '../unwind/rules/cfiRule.js';
import { asReturned } from './candidateStacks.js';
import type { Exception } from './finding.js';
import type { InFlight } from './rules/exceptionInFlight.js';
import type { RuleContext } from './ruleContext.js';

/** Bytes of a function's exception tables that are read. */
const LONGEST_AREA = 16 * 1024;

/**
 * Where control was going: to the catch that the exception object names, or, on the way there, to a cleanup of the function whose frame
 * the stack pointer is in. Its exception tables name the cleanup when there is but one.
 */
export function intendedPad(rule: RuleContext, inFlight: InFlight | undefined): bigint | undefined {
  if (inFlight?.cleanup !== true) return inFlight?.exception.landingPad;
  const lost = asReturned(rule).walk.frames.find((frame) => frame.calledFunction !== undefined);
  const start = lost?.calledFunction;
  const row = start === undefined ? undefined : cfiRowAt(rule.unwind, start);
  const module = start === undefined ? undefined : rule.unwind.modules.find(start);
  if (row?.lsda === undefined || module?.image === undefined || module.bias === undefined) return undefined;
  const bytes = module.image.readLink(row.lsda, LONGEST_AREA);
  const records = readLandingPads(bytes, row.lsda, row.functionStart).filter(({ cleanup }) => cleanup);
  const [pad, ...others] = new Set(records.map(({ landingPad }) => landingPad));
  return pad === undefined || others.length > 0 ? undefined : runtimeAddress(pad + module.bias);
}

/** The exception with the landing pad that control was going to. */
export function withPad({ exception }: InFlight, landingPad: bigint | undefined): Exception {
  return landingPad === undefined ? exception : { ...exception, landingPad };
}
