import type { Word } from '../values/word.js';

export type StackFrame = Word;
