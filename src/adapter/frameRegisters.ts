import type { RegisterValue, RegistersAnswer, VectorValue } from '../shared/queries.js';
import type { DebugTarget } from './debugTarget.js';
import type { DeadThread } from './threads.js';

/** The registers at a frame, or why there are none to show. */
export interface FrameRegisters {
  readonly general: readonly RegisterValue[];
  readonly vectors: readonly VectorValue[];
  readonly flags?: readonly string[];
  readonly vectorState: string;
}

/**
 * Registers at a row of a thread's frames, of whichever reading the thread is. Another reading knows its innermost frame's
 * registers only where they differ from the core's; a remembered frame has what the kernel saved in it.
 */
export async function frameRegisters(
  target: DebugTarget,
  thread: DeadThread,
  index: number,
  signal?: AbortSignal,
): Promise<FrameRegisters> {
  const { reading, tid } = thread;
  switch (reading.kind) {
    case 'chosen':
      return target.core.ask('registers', { tid, frame: await thread.frames.physicalFrame(index) }, signal);
    case 'hypothesis': {
      const answer = await target.core.ask('registers', { tid, frame: 0 }, signal);
      return (await thread.frames.physicalFrame(index)) === 0
        ? assume(answer, reading.hypothesis.registers)
        : { general: answer.general.map(unknownRegister), vectors: [], vectorState: 'not known in another reading' };
    }
    case 'remembered': {
      const address = target.verdict.staleSignalFrames[index]?.address;
      const frames = await target.core.ask('signalFrames', { tid }, signal);
      const saved = frames.find((frame) => frame.address === address)?.registers ?? {};
      const general = Object.entries(saved).map(([name, value]) => knownRegister(name, value));
      return { general, vectors: [], vectorState: 'not read from a stale signal frame' };
    }
  }
}

/** One register by its name; `undefined` where the frame has none of that name. */
export function findRegister(registers: FrameRegisters, name: string): RegisterValue | undefined {
  const wanted = name.toLowerCase();
  return registers.general.find((register) => register.name === wanted);
}

function assume(answer: RegistersAnswer, changed: Readonly<Record<string, string>>): FrameRegisters {
  const general = answer.general.map((register) => {
    const value = changed[register.name];
    return value === undefined ? register : { ...knownRegister(register.name, value), text: 'assumed', changed: true };
  });
  return { ...answer, general };
}

function knownRegister(name: string, value: string): RegisterValue {
  return { name, value, text: '', kind: 'unknown', changed: false };
}

function unknownRegister({ name }: RegisterValue): RegisterValue {
  return { name, text: 'not known in another reading', kind: 'unknown', changed: false };
}
