import type { FrameRow } from '../../../src/shared/report.js';
import { baseName } from '../hex.js';

/** The function, or why there is none. */
export function frameName(frame: FrameRow): string {
  if (frame.function !== undefined) return frame.function;
  if (/^0x0+$/.test(frame.pc)) return '(no code at 0)';
  return frame.module === undefined ? frame.pc : `${baseName(frame.module)}+${frame.offset ?? '?'}`;
}

/** `file:line` where known, else the module. */
export function framePlace(frame: FrameRow): string {
  if (frame.file !== undefined) return `${baseName(frame.file)}${frame.line === undefined ? '' : `:${frame.line}`}`;
  return frame.function !== undefined && frame.module !== undefined ? baseName(frame.module) : '';
}
