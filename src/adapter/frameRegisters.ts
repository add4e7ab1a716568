import type { RegisterValue, RegistersAnswer } from '../shared/queries.js';
import type { DebugTarget } from './debugTarget.js';
import { framePlace } from './framePlace.js';
import type { DeadThread } from './threads.js';

/** Registers at a row of a thread's frames, of whichever reading the thread is. */
export async function frameRegisters(
  target: DebugTarget,
  thread: DeadThread,
  index: number,
  signal?: AbortSignal,
): Promise<RegistersAnswer> {
  return target.core.ask('registers', await framePlace(thread, index), signal);
}

/** One register by its name; `undefined` where the frame has none of that name. */
export function findRegister(registers: RegistersAnswer, name: string): RegisterValue | undefined {
  const wanted = name.toLowerCase();
  return registers.general.find((register) => register.name === wanted);
}
