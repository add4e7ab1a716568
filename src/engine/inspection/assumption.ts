import type { Hypothesis } from '../../shared/report.js';
import { hex } from '../base/addresses.js';
import { coherenceOf } from '../unwind/coherence.js';
import type { Walk } from '../unwind/stackFrame.js';
import { walkStack } from '../unwind/stackwalker.js';
import type { UnwindContext } from '../unwind/unwindContext.js';
import { frameRows } from './frameRows.js';
import type { Inspection } from './openInspection.js';

/** A register as the user wants it to have been. */
export interface Assumption {
  readonly register: string;
  readonly operator: '=' | '+=' | '-=';
  readonly value: bigint;
}

/**
 * Reads `rsp+=8`, `rsp-=0x10` or `rip=0x401136`; spaces and a leading `%` are allowed.
 *
 * @returns `undefined` when it is none of these
 */
export function parseAssumption(text: string): Assumption | undefined {
  const match = /^\s*%?([a-z][a-z0-9]*)\s*(\+=|-=|=)\s*(0x[0-9a-f]{1,16}|\d{1,20})\s*$/i.exec(text);
  const [, register, operator, value] = match ?? [];
  if (register === undefined || operator === undefined || value === undefined) return undefined;
  return { register: register.toLowerCase(), operator: operator as Assumption['operator'], value: BigInt(value) };
}

const FRAMES = 256;

/**
 * The stack that the crash's registers would give with some of them changed, beside the verdict's own hypotheses.
 *
 * @returns one sentence when a register is not one of the crashed thread's
 */
export function assumedStack(inspection: Inspection, assumptions: readonly Assumption[]): Hypothesis | string {
  const assumed = assumedWalk(inspection, assumptions);
  if (typeof assumed === 'string') return assumed;
  const { context, changed, walk } = assumed;
  const what = assumptions.map(({ register, operator, value }) => `${register}${operator}${hex(value)}`).join(', ');
  return {
    id: 'assumed',
    registers: Object.fromEntries(Object.entries(changed).map(([name, value]) => [name, hex(value)])),
    why: `assumed: ${what}`,
    score: Math.round(coherenceOf(context, walk).score * 1000) / 1000,
    chosen: false,
    frames: frameRows(walk.frames, inspection.symbolizer, inspection.lines, inspection.context).rows,
  };
}

/** The walk alone. @returns one sentence when a register is not one of the crashed thread's */
export function assumedWalk(
  inspection: Inspection,
  assumptions: readonly Assumption[],
):
  | { readonly context: UnwindContext; readonly changed: Readonly<Record<string, bigint>>; readonly walk: Walk }
  | string {
  const { context, judgement, crashedThread } = inspection;
  const registers = judgement?.crash.registers ?? crashedThread?.registers;
  if (context === undefined || registers === undefined) return 'this core has no registers to change';
  const changed: Record<string, bigint> = {};
  for (const { register, operator, value } of assumptions) {
    const current = changed[register] ?? registers.get(register);
    if (current === undefined) return `%${register} is no register of the crashed thread`;
    changed[register] = BigInt.asUintN(
      64,
      operator === '=' ? value : operator === '+=' ? current + value : current - value,
    );
  }
  return { context, changed, walk: walkStack(context, registers.with(changed), { limit: FRAMES }) };
}
