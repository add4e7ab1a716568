import type { FrameRow } from '../shared/report.js';
import { addOffset, parseAddress } from './addresses.js';
import type { DebugTarget } from './debugTarget.js';
import { findRegister, frameRegisters } from './frameRegisters.js';
import type { DeadThread } from './threads.js';

export const SLOT_BYTES = 8n;
/** Bytes below the stack pointer that the ABI leaves to leaf functions, in slots. */
const RED_ZONE_SLOTS = 16;
/** Slots shown of a frame whose end is not known. */
const OPEN_FRAME_SLOTS = 32;
/** A frame this large is a buffer: the rest is looked at as memory. */
const FRAME_SLOTS_LIMIT = 65_536;

/** A run of words on a stack. */
export interface StackRange {
  readonly start: bigint;
  readonly count: number;
  /** Where the words are not exactly the frame's. */
  readonly note?: string;
}

/** From a frame's stack pointer to its CFA; `undefined` where nothing is there or known. */
export async function frameRange(
  target: DebugTarget,
  thread: DeadThread,
  index: number,
  row: FrameRow,
): Promise<StackRange | undefined> {
  const start = await stackPointerAt(target, thread, index);
  if (start === undefined) return undefined;
  const end = parseAddress(row.cfa ?? '');
  if (end === undefined) return { start, count: OPEN_FRAME_SLOTS, note: 'the end of the frame is not known' };
  const count = (end - start) / SLOT_BYTES;
  if (count > 0n) return { start, count: Number(count < FRAME_SLOTS_LIMIT ? count : FRAME_SLOTS_LIMIT) };
  if (index > 0) return undefined;
  // After a return nothing is left of the frame: what a reader wants to see is what the stack pointer points at.
  return { start, count: OPEN_FRAME_SLOTS, note: 'the frame is empty: the stack of its callers follows' };
}

/** The words below a frame's stack pointer that its function may have used. */
export async function redZoneRange(
  target: DebugTarget,
  thread: DeadThread,
  index: number,
): Promise<StackRange | undefined> {
  const end = await stackPointerAt(target, thread, index);
  if (end === undefined) return undefined;
  return { start: addOffset(end, -BigInt(RED_ZONE_SLOTS) * SLOT_BYTES), count: RED_ZONE_SLOTS };
}

async function stackPointerAt(target: DebugTarget, thread: DeadThread, index: number): Promise<bigint | undefined> {
  const known = findRegister(await frameRegisters(target, thread, index), 'rsp')?.value;
  if (known !== undefined) return parseAddress(known);
  // Where the stack pointer was not recovered, a frame starts where the one below it ends.
  return parseAddress((await thread.frames.row(index - 1))?.cfa ?? '');
}
