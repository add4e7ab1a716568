import { runtimeAddress } from '../../base/addresses.js';
import { RegisterSet } from '../../arch/registerSet.js';
import type { StackFrame } from '../stackFrame.js';
import { checkReturnAddress, type UnwindContext } from '../unwindContext.js';
import { rejected, type StepResult } from './stepResult.js';

/** 8 KiB of 64-bit words: a caller farther up is more likely a chance find than a frame. */
const WORDS = 1024;

/**
 * The nearest word above the stack pointer that can be a return address. Guesswork, and marked as such: only words behind a call
 * instruction count where the code is known.
 */
export function scanRule(context: UnwindContext, frame: StackFrame): StepResult {
  const { architecture, memory, code } = context;
  const stackPointer = frame.registers.get(architecture.stackPointer);
  if (stackPointer === undefined) return rejected('the stack pointer is not known');
  const size = architecture.stackWord;
  if (stackPointer % BigInt(size) !== 0n) return rejected(`the stack pointer is not aligned to ${size}`);
  const { bytes, rest } = memory.read(runtimeAddress(stackPointer), WORDS * size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i + size <= bytes.length; i += size) {
    if (!code.mayHold(size === 8 ? view.getUint32(i + 4, true) : 0, view.getUint32(i, true))) continue;
    const word = size === 8 ? view.getBigUint64(i, true) : BigInt(view.getUint32(i, true));
    const check = checkReturnAddress(context, word);
    if (check.kind !== 'call' && check.kind !== 'unknown') continue;
    const cfa = runtimeAddress(stackPointer + BigInt(i + size));
    const values = new Map([
      [architecture.programCounter, word],
      [architecture.stackPointer, cfa],
    ]);
    // A frame pointer that points above the found slot may still be the caller's own.
    const framePointer = frame.registers.get(architecture.framePointer);
    if (framePointer !== undefined && framePointer >= cfa) values.set(architecture.framePointer, framePointer);
    return {
      kind: 'caller',
      cfa,
      frame: {
        pc: runtimeAddress(word),
        registers: new RegisterSet(values),
        trust: 'scan',
        rejected: [],
        interrupted: false,
      },
    };
  }
  if (rest === 'notFetched') return { kind: 'stop', stop: 'not-fetched' };
  if (bytes.length === 0) return { kind: 'stop', stop: 'unreadable-stack' };
  return rejected(`no return address in the next ${bytes.length} bytes`);
}
