import type { DebugProtocol } from '@vscode/debugprotocol';
import type { FrameRow, Slot } from '../shared/report.js';
import { addOffset, formatAddress, parseAddress } from './addresses.js';
import type { DebugTarget } from './debugTarget.js';
import { TRUST_IN_WORDS } from './frameNames.js';
import { findRegister, frameRegisters } from './frameRegisters.js';
import type { DeadThread } from './threads.js';
import { plain, word, type VariableGroup } from './variables.js';

const SLOT_BYTES = 8n;
/** Bytes below the stack pointer that the ABI leaves to leaf functions, in slots. */
const RED_ZONE_SLOTS = 16;
/** Slots shown of a frame whose end is not known. */
const OPEN_FRAME_SLOTS = 32;
/** A frame this large is a buffer: the rest is looked at as memory. */
const FRAME_SLOTS_LIMIT = 65_536;

/** A run of slots, by index from the thread's stack pointer. */
interface SlotRange {
  readonly from: number;
  readonly count: number;
  /** Where the slots are not exactly the frame's. */
  readonly note?: string;
}

/** The frame itself: how it was found, then its slots from its stack pointer to its CFA. */
export async function frameScope(target: DebugTarget, thread: DeadThread, index: number): Promise<VariableGroup> {
  const row = await thread.frames.row(index);
  const facts = row ? await frameFacts(thread, index, row) : [];
  const range = row ? await frameRange(target, thread, index, row) : undefined;
  const named = range?.note === undefined ? facts : [...facts, plain('slots', range.note)];
  return {
    named: () => named,
    namedCount: named.length,
    ...(range ? { indexed: slotList(target, thread, range) } : {}),
  };
}

/** The 128 bytes below a frame's stack pointer; `undefined` where the stack pointer is not known. */
export async function redZoneScope(
  target: DebugTarget,
  thread: DeadThread,
  index: number,
): Promise<VariableGroup | undefined> {
  const start = await slotIndexOfStackPointer(target, thread, index);
  if (start === undefined) return undefined;
  return {
    named: () => [],
    indexed: slotList(target, thread, { from: start - RED_ZONE_SLOTS, count: RED_ZONE_SLOTS }),
  };
}

/** A slot as a variable named by its address. */
export function slotVariable(slot: Slot): DebugProtocol.Variable {
  const notes = [slot.text, ...(slot.remark === undefined ? [] : [slot.remark])].filter((note) => note !== '');
  const marks = slot.signalFrame
    ? [`${slot.signalFrame.active ? 'active' : 'stale'} signal frame ${slot.signalFrame.field ?? ''}`.trimEnd()]
    : [];
  const text = [...notes, ...marks].join('; ');
  if (slot.value === undefined) return plain(slot.address, text === '' ? 'not in the core' : text, { type: slot.kind });
  return word(slot.address, slot.value, text, slot.kind, { evaluateName: `*${slot.address}` });
}

async function frameFacts(
  thread: DeadThread,
  index: number,
  row: FrameRow,
): Promise<readonly DebugProtocol.Variable[]> {
  const rejected = await thread.frames.rejected(index);
  return [
    plain('pc', row.pc, { memoryReference: row.pc, evaluateName: row.pc }),
    ...(row.cfa === undefined ? [] : [plain('cfa', row.cfa, { memoryReference: row.cfa, evaluateName: row.cfa })]),
    ...(row.module === undefined ? [] : [plain('module', row.module)]),
    plain('found by', TRUST_IN_WORDS[row.trust]),
    ...rejected.map((reason) => plain('not by', reason)),
  ];
}

/** From the frame's stack pointer to its CFA. */
async function frameRange(
  target: DebugTarget,
  thread: DeadThread,
  index: number,
  row: FrameRow,
): Promise<SlotRange | undefined> {
  const from = await slotIndexOfStackPointer(target, thread, index);
  if (from === undefined) return undefined;
  const end = row.cfa === undefined ? undefined : await slotIndex(target, thread, row.cfa);
  if (end !== undefined && end > from) return { from, count: Math.min(end - from, FRAME_SLOTS_LIMIT) };
  if (end === undefined) return { from, count: OPEN_FRAME_SLOTS, note: 'the end of the frame is not known' };
  if (index > 0) return undefined;
  // After a return nothing is left of the frame: what a reader wants to see is what the stack pointer points at.
  return { from, count: OPEN_FRAME_SLOTS, note: 'the frame is empty: the stack of its callers follows' };
}

async function slotIndexOfStackPointer(
  target: DebugTarget,
  thread: DeadThread,
  index: number,
): Promise<number | undefined> {
  const registers = await frameRegisters(target, thread, index);
  const known = findRegister(registers, 'rsp')?.value;
  if (known !== undefined) return slotIndex(target, thread, known);
  // Where the stack pointer was not recovered, a frame starts where the one below it ends.
  const below = await thread.frames.row(index - 1);
  return below?.cfa === undefined ? undefined : slotIndex(target, thread, below.cfa);
}

/** The index of the slot at an address; `undefined` when the core has no slots to count from. */
async function slotIndex(target: DebugTarget, thread: DeadThread, address: string): Promise<number | undefined> {
  const { items } = await target.core.ask('slots', { tid: thread.tid, from: 0, count: 1 });
  const origin = parseAddress(items[0]?.address ?? '');
  const wanted = parseAddress(address);
  if (origin === undefined || wanted === undefined) return undefined;
  const index = (wanted - origin) / SLOT_BYTES;
  return index > -(2n ** 40n) && index < 2n ** 40n ? Number(index) : undefined;
}

function slotList(target: DebugTarget, thread: DeadThread, range: SlotRange): NonNullable<VariableGroup['indexed']> {
  return {
    count: range.count,
    list: async (from, count) => {
      const first = range.from + from;
      const answer = await target.core.ask('slots', { tid: thread.tid, from: first, count });
      const byIndex = new Map(answer.items.map((slot) => [slot.index, slot]));
      const origin = answer.items[0];
      return Array.from({ length: count }, (_, offset) => {
        const slot = byIndex.get(first + offset);
        return slot ? slotVariable(slot) : missingSlot(origin, first + offset);
      });
    },
  };
}

/** The session answers for the slots it has; the client was promised a number of them. */
function missingSlot(origin: Slot | undefined, index: number): DebugProtocol.Variable {
  const base = parseAddress(origin?.address ?? '');
  const name =
    base === undefined || !origin
      ? `slot ${index}`
      : formatAddress(addOffset(base, BigInt(index - origin.index) * SLOT_BYTES));
  return plain(name, 'not in the core', { type: 'absent' });
}
