import type { StackFrame } from '../unwind/stackFrame.js';

export type Symbolizer = StackFrame;
