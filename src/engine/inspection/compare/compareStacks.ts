import type { ComparedValue, CompareRow, Relation } from '../../../shared/queries.js';
import type { FrameRow, Slot } from '../../../shared/report.js';
import { hex } from '../../base/addresses.js';
import type { StackFrame } from '../../unwind/stackFrame.js';
import type { WordClassifier } from '../../values/classifyWord.js';
import { type SlotSource, slotsOf } from '../slots.js';
import { alignLists } from './alignLists.js';
import { POINTER_KINDS } from './pointerKinds.js';

/** One of the stacks that are compared. */
export interface ComparedStack {
  readonly tid: number;
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

/**
 * Two stacks side by side: what lies below the stack pointer, then frame by frame its registers and its slots. Frames stand beside each
 * other by the function they are in; registers by name, slots by how far they lie from where their frame starts.
 */
export function compareStacks(left: ComparedStack, right: ComparedStack): CompareRow[] {
  const sameThread = left.tid === right.tid;
  const rows: CompareRow[] = belowRows(left, right, sameThread);
  const [leftNames, rightNames] = [namesOf(left), namesOf(right)];
  for (const pair of alignLists(leftNames, rightNames)) {
    const [l, r] = [sideOf(left, pair.left, leftNames), sideOf(right, pair.right, rightNames)];
    const places = {
      ...(pair.left === undefined ? {} : { leftFrame: pair.left }),
      ...(pair.right === undefined ? {} : { rightFrame: pair.right }),
    };
    rows.push({
      part: 'frame',
      name: 'frame',
      ...places,
      ...pairOf(l?.frame, r?.frame),
      relation: frameRelation(l, r),
    });
    for (const name of left.registers.length > 0 ? left.registers : right.registers) {
      const values = pairOf(l?.register(name), r?.register(name));
      if (values.left !== undefined || values.right !== undefined)
        rows.push({ part: 'register', name, ...places, ...values, relation: relationOf(values, sameThread) });
    }
    const [leftSlots, rightSlots] = [l?.slots ?? [], r?.slots ?? []];
    for (let i = 0; i < Math.max(leftSlots.length, rightSlots.length); i++) {
      const values = pairOf(leftSlots[i], rightSlots[i]);
      rows.push({ part: 'slot', name: `+${8 * i}`, ...places, ...values, relation: relationOf(values, sameThread) });
    }
  }
  return rows;
}

/** A frame of one side with what belongs to it. */
interface Side {
  readonly name: string;
  readonly frame: ComparedValue;
  readonly register: (name: string) => ComparedValue | undefined;
  readonly slots: readonly ComparedValue[];
}

function sideOf(stack: ComparedStack, index: number | undefined, names: readonly string[]): Side | undefined {
  const frame = index === undefined ? undefined : stack.frames[index];
  if (index === undefined || frame === undefined) return undefined;
  const row = stack.rows[stack.frameOfRow.lastIndexOf(index)];
  const place = row?.file === undefined ? '' : `  ${row.file.slice(row.file.lastIndexOf('/') + 1)}:${row.line ?? '?'}`;
  return {
    name: names[index] ?? '',
    frame: { value: hex(frame.pc), kind: 'code', text: `${names[index] ?? ''}${place}` },
    register: (name) => {
      const value = frame.registers.get(name);
      return value === undefined ? undefined : valueOf(value, stack.slots?.classifier);
    },
    slots: slotsOfFrame(stack, frame),
  };
}

function valueOf(value: bigint, classifier: WordClassifier | undefined): ComparedValue {
  const look = classifier?.classify(value);
  return { value: hex(value), kind: look?.kind ?? 'unknown', text: look?.text ?? '' };
}

/** From where the frame starts to where its caller does. */
function slotsOfFrame({ slots }: ComparedStack, frame: StackFrame): ComparedValue[] {
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
function belowRows(left: ComparedStack, right: ComparedStack, sameThread: boolean): CompareRow[] {
  const size = (left.slots ?? right.slots)?.context.architecture.redZone ?? 0;
  const count = size / 8;
  if (count === 0) return [];
  const slots = ({ slots: source }: ComparedStack) =>
    source === undefined ? [] : slotsOf(source, -count, count).map(comparedSlot);
  const [leftSlots, rightSlots] = [slots(left), slots(right)];
  const heading: ComparedValue = { kind: 'unknown', text: `below the stack pointer, ${size} bytes` };
  const rows: CompareRow[] = [{ part: 'frame', name: 'below', left: heading, right: heading, relation: 'equal' }];
  for (let i = 0; i < count; i++) {
    const values = pairOf(leftSlots[i], rightSlots[i]);
    rows.push({ part: 'slot', name: `-${8 * (count - i)}`, ...values, relation: relationOf(values, sameThread) });
  }
  return rows;
}

/** The functions of each frame, inline ones first; what identifies the place where no function is known. */
function namesOf({ frames, rows, frameOfRow }: ComparedStack): string[] {
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

function pairOf(left: ComparedValue | undefined, right: ComparedValue | undefined) {
  return { ...(left === undefined ? {} : { left }), ...(right === undefined ? {} : { right }) };
}

function frameRelation(left: Side | undefined, right: Side | undefined): Relation {
  if (left === undefined || right === undefined) return left === undefined ? 'rightOnly' : 'leftOnly';
  if (left.name !== right.name) return 'different';
  return left.frame.value === right.frame.value ? 'equal' : 'alike';
}

/** Pointers of two threads that lead to the same thing are alike: each has a stack of its own. Of one thread only equal words are equal. */
function relationOf(
  { left, right }: { readonly left?: ComparedValue; readonly right?: ComparedValue },
  sameThread: boolean,
): Relation {
  if (left === undefined || right === undefined) return left === undefined ? 'rightOnly' : 'leftOnly';
  if (left.value === right.value) return 'equal';
  const leadsTo = POINTER_KINDS.has(left.kind) && left.kind === right.kind && left.text === right.text;
  return !sameThread && leadsTo && left.text !== '' ? 'alike' : 'different';
}
