import { runtimeAddress } from '../../base/addresses.js';
import type { StackFrame } from '../stackFrame.js';
import { isSignalTrampoline, type UnwindContext } from '../unwindContext.js';
import { rejected, type StepResult } from './stepResult.js';

/**
 * The frame is the kernel's trampoline: the handler returned to it, so the stack pointer is just behind the frame's return
 * address. Recognised by that return address being the frame's pc, and by shape, or by the trampoline's code; leads to the interrupted instruction, on whatever
 * stack that was.
 */
export function signalFrameRule(context: UnwindContext, frame: StackFrame): StepResult {
  const { architecture, memory } = context;
  const stackPointer = frame.registers.get(architecture.stackPointer);
  if (stackPointer === undefined || frame.interrupted || architecture.signalFrameSize === 0) return rejected('');
  const known = isSignalTrampoline(context, frame.pc);
  const signalFrame = architecture.signalFrameAt(memory, runtimeAddress(stackPointer - 8n), known);
  if (signalFrame === undefined || signalFrame.returnTrampoline !== frame.pc) return rejected('');
  return {
    kind: 'caller',
    cfa: signalFrame.end,
    frame: {
      pc: runtimeAddress(signalFrame.registers.get(architecture.programCounter) ?? 0n),
      registers: signalFrame.registers,
      trust: 'signalFrame',
      rejected: [],
      interrupted: true,
      signalFrame,
    },
  };
}
