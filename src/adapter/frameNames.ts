import { basename } from 'node:path';
import type { FrameTrust } from '../shared/labels.js';
import type { FrameRow } from '../shared/report.js';

/** How a frame was found, where that is worth a word: the strong rules go without. */
const TRUST_IN_NAME: Readonly<Record<FrameTrust, string>> = {
  context: '',
  cfi: '',
  signalFrame: ' [interrupted by a signal]',
  framePointer: ' [by frame pointer]',
  callTarget: ' [named by the call in its caller]',
  scan: ' [found by scanning the stack]',
};

/** How a frame was found, in a sentence. */
export const TRUST_IN_WORDS: Readonly<Record<FrameTrust, string>> = {
  context: 'the registers at the crash',
  signalFrame: 'the registers that the kernel saved in a signal frame',
  cfi: 'call-frame information',
  framePointer: 'the chain of frame pointers',
  callTarget: 'the direct target of the call before the return address in its caller; its own address is lost',
  scan: 'a scan of the stack for return addresses: it may not have been a caller at all',
};

/** A frame whose address belongs to nothing that is known. */
export function isNowhere(frame: FrameRow): boolean {
  return frame.function === undefined && frame.module === undefined;
}

/** The frame's place without its trust: `function+0x1f`, `module+0x1234` or the bare address. */
export function framePlace(frame: FrameRow): string {
  const place = frame.function ?? (frame.module === undefined ? undefined : basename(frame.module));
  if (place === undefined) return frame.pc;
  return frame.offset === undefined || frame.offset === '0x0' ? place : `${place}+${frame.offset}`;
}

/** What the call stack shows. */
export function frameName(frame: FrameRow): string {
  const inlined = frame.inlined === true ? ' [inlined]' : '';
  const place = frame.function ?? framePlace(frame);
  return `${place}${inlined}${TRUST_IN_NAME[frame.trust]}`;
}
