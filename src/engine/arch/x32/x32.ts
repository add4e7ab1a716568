import type { Architecture } from '../architecture.js';
import { x86_64 } from '../x86_64/x86_64.js';

/**
 * x86-64 code with pointers of 4 bytes (psABI, ILP32): registers and pushes as there. Its signal frame has another ucontext and is
 * not decoded here.
 */
export const x32: Architecture = {
  ...x86_64,
  name: 'x32',
  pointerSize: 4,
  isCanonical: (address) => address < 1n << 32n,
  isUser: (address) => address < 1n << 32n,
  signalFrameAt: () => undefined,
  signalFrameSize: 0,
  signalFrameAlignment: 0,
  signalTrampolineSize: 0,
  isSignalTrampoline: () => false,
};
