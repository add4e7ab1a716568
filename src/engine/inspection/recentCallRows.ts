import type { RecentCallRow } from '../../shared/report.js';
import { hex, runtimeAddress } from '../base/addresses.js';
import type { Inspection } from './openInspection.js';

/** What was called before the crash, the nearest to the stack pointer first; empty without a judgement. */
export function recentCallRows({ judgement, classifier, core }: Inspection): readonly RecentCallRow[] {
  if (judgement === undefined || classifier === undefined) return [];
  const stackPointer = judgement.crash.registers.get(core.architecture?.stackPointer ?? '') ?? 0n;
  const name = (address: bigint): string => classifier.codeName(runtimeAddress(address));
  return judgement.recentCalls().map((call) => ({
    slot: hex(call.place),
    distance: Number(stackPointer - call.place),
    returnAddress: hex(call.returnAddress),
    caller: name(call.returnAddress),
    ...(call.callee === undefined ? {} : { callee: name(call.callee) }),
    ...(call.within === undefined ? {} : { within: call.within }),
    age: call.age,
  }));
}
