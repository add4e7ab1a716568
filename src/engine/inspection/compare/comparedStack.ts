import type { ComparedFrame, ComparedSide, ComparedStack, ComparedValue } from '../../../shared/queries.js';
import type { FrameRow, Slot } from '../../../shared/report.js';
import { hex } from '../../base/addresses.js';
import type { StackFrame } from '../../unwind/stackFrame.js';
import type { WordClassifier } from '../../values/classifyWord.js';
import { type SlotSource, slotsOf } from '../slots.js';

/** A stack as it was walked. */
export interface WalkedStack {
  readonly frames: readonly StackFrame[];
  readonly rows: readonly FrameRow[];
  /** For each row, the index of its frame. */
  readonly frameOfRow: readonly number[];
  /** Slot 0 is at the stack pointer of the innermost frame; absent where the core has no registers. */
  readonly slots: SlotSource | undefined;
  /** General registers in the order of display. */
  readonly registers: readonly string[];
}

/** Frames that are compared, from the innermost, and slots of each. */
export const MOST_FRAMES = 64;
const MOST_SLOTS = 64;

/** A stack as plain data that can be put beside another, of this core or of any. */
export function comparedStack(stack: WalkedStack, side: ComparedSide): ComparedStack {
  const names = namesOf(stack);
  return {
    side,
    registers: stack.registers,
    below: belowOf(stack),
    frames: stack.frames
      .slice(0, MOST_FRAMES)
      .map((frame, index) => comparedFrame(stack, frame, index, names[index] ?? '')),
  };
}

function comparedFrame(stack: WalkedStack, frame: StackFrame, index: number, name: string): ComparedFrame {
  const row = stack.rows[stack.frameOfRow.lastIndexOf(index)];
  const place = row?.file === undefined ? '' : `  ${row.file.slice(row.file.lastIndexOf('/') + 1)}:${row.line ?? '?'}`;
  const registers = stack.registers.flatMap((register): [string, ComparedValue][] => {
    const value = frame.registers.get(register);
    return value === undefined ? [] : [[register, valueOf(value, stack.slots?.classifier)]];
  });
  return {
    name,
    place: { value: hex(frame.pc), kind: 'code', text: `${name}${place}` },
    registers: Object.fromEntries(registers),
    slots: slotsOfFrame(stack, frame),
  };
}

function valueOf(value: bigint, classifier: WordClassifier | undefined): ComparedValue {
  const look = classifier?.classify(value);
  return { value: hex(value), kind: look?.kind ?? 'unknown', text: look?.text ?? '' };
}

/** From where the frame starts to where its caller does. */
function slotsOfFrame({ slots }: WalkedStack, frame: StackFrame): ComparedValue[] {
  if (slots === undefined || frame.cfa === undefined) return [];
  const bottom = frame.registers.get(slots.context.architecture.stackPointer);
  if (bottom === undefined || frame.cfa <= bottom) return [];
  const from = Number((bottom - slots.stackPointer) / 8n);
  const count = Math.min(MOST_SLOTS, Number((frame.cfa - bottom) / 8n));
  return Number.isSafeInteger(from) ? slotsOf(slots, from, count).map(comparedSlot) : [];
}

function comparedSlot({ address, value, kind, text }: Slot): ComparedValue {
  return { address, kind, text, ...(value === undefined ? {} : { value }) };
}

/** What a leaf function may use below the stack pointer, nearest last. */
function belowOf({ slots }: WalkedStack): ComparedValue[] {
  const count = (slots?.context.architecture.redZone ?? 0) / 8;
  return slots === undefined || count === 0 ? [] : slotsOf(slots, -count, count).map(comparedSlot);
}

/** The functions of each frame, inline ones first; what identifies the place where no function is known. */
function namesOf({ frames, rows, frameOfRow }: WalkedStack): string[] {
  const names: string[][] = frames.slice(0, MOST_FRAMES).map(() => []);
  for (const [i, row] of rows.entries()) {
    const parts = names[frameOfRow[i] ?? -1];
    if (parts === undefined) break;
    parts.push(nameOf(row));
  }
  return names.map((parts) => parts.join(' in '));
}

function nameOf(row: FrameRow): string {
  if (row.function !== undefined) return row.function;
  return row.module === undefined
    ? `code at ${row.pc}`
    : `${row.module.slice(row.module.lastIndexOf('/') + 1)}+${row.offset ?? '?'}`;
}
