import type { SlotKind } from '../../../shared/report.js';

/** What words are that point somewhere: in two processes the same one has two values. */
export const POINTER_KINDS: ReadonlySet<SlotKind> = new Set([
  'returnAddress',
  'code',
  'savedFramePointer',
  'stack',
  'heap',
  'data',
  'mapped',
]);
