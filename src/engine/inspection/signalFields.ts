import type { SignalField } from '../../shared/queries.js';
import type { Architecture, SignalFrame } from '../arch/architecture.js';
import { hex } from '../base/addresses.js';
import { signalName } from '../core/signals.js';
import type { WordClassifier } from '../values/classifyWord.js';
import type { Crash } from '../verdict/crash.js';

/**
 * Every field of a signal frame in words, beside what the crash has in its place: where they are equal, the handler ran when the process
 * was already where it died, or this is the crash itself; where they differ, what happened in between.
 */
export function signalFields(
  frame: SignalFrame,
  crash: Pick<Crash, 'registers' | 'signal'>,
  architecture: Architecture,
  classifier: WordClassifier,
): readonly SignalField[] {
  const slots = new Map([...frame.fields].map(([offset, name]) => [name, hex(frame.address + BigInt(offset))]));
  const field = (name: string, value: bigint, more: Partial<SignalField> = {}): SignalField => {
    const slot = slots.get(name);
    return {
      name,
      value: hex(value),
      text: '',
      kind: 'number',
      ...(slot === undefined ? {} : { slot }),
      ...more,
    };
  };
  const pointer = (name: string, value: bigint, more: Partial<SignalField> = {}): SignalField =>
    field(name, value, { ...classifier.classify(value), ...more });
  const registers = [...frame.registers.entries()].map(([name, value]) => {
    const isFlags = /^[re]?flags$/.test(name);
    const words = isFlags
      ? { kind: 'number' as const, text: architecture.flags(frame.registers)?.join(' ') ?? '' }
      : {};
    return pointer(name, value, { ...words, ...beside(value, crash.registers.get(name)) });
  });
  const { trap, error } = architecture.trapWords?.(frame.trapNumber, frame.errorCode) ?? { trap: '', error: '' };
  const { alternateStack } = frame;
  return [
    ...inDisplayOrder(registers, architecture),
    field('trapno', BigInt(frame.trapNumber), { text: trap }),
    field('err', frame.errorCode, { text: error }),
    pointer('cr2', frame.faultAddress, beside(frame.faultAddress, crash.signal?.faultAddress)),
    field('sigmask', frame.signalMask, { text: maskWords(frame.signalMask) }),
    pointer('fpstate', frame.extendedState, { text: extendedWords(frame) }),
    pointer('ss_sp', alternateStack.base, alternateStackWords(alternateStack)),
    field('ss_size', alternateStack.size),
    field('ss_flags', BigInt(alternateStack.flags), { text: stackFlagWords(alternateStack.flags) }),
    pointer('pretcode', frame.returnTrampoline),
  ];
}

function beside(value: bigint, crash: bigint | undefined): Pick<SignalField, 'crash' | 'equal'> {
  return crash === undefined ? {} : { crash: hex(crash), equal: crash === value };
}

function inDisplayOrder(fields: readonly SignalField[], { displayOrder }: Architecture): SignalField[] {
  const rank = ({ name }: SignalField): number => {
    const index = displayOrder.indexOf(name);
    return index < 0 ? displayOrder.length : index;
  };
  return [...fields].sort((a, b) => rank(a) - rank(b));
}

/** The signals that were blocked when this one arrived: bit 0 is signal 1. */
function maskWords(mask: bigint): string {
  if (mask === 0n) return 'none blocked';
  const names: string[] = [];
  for (let signal = 1; signal <= 64; signal++) {
    if (((mask >> BigInt(signal - 1)) & 1n) === 1n) names.push(signalName(signal));
  }
  return names.length > MOST_NAMES ? `${names.length} signals blocked` : `${names.join(' ')} blocked`;
}

const MOST_NAMES = 6;

function extendedWords({ extendedState, extendedStateSize }: SignalFrame): string {
  return extendedState === 0n ? 'not saved' : `${extendedStateSize} bytes of extended state`;
}

function alternateStackWords({ base, size }: SignalFrame['alternateStack']): Partial<SignalField> {
  return base === 0n && size === 0n ? { text: 'no alternate stack' } : {};
}

/** SS_ONSTACK and SS_DISABLE (include/uapi/linux/signal.h). */
function stackFlagWords(flags: number): string {
  if (flags === 1) return 'on the alternate stack';
  return flags === 2 ? 'disabled' : '';
}
