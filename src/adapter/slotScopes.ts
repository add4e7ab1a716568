import type { DebugProtocol } from '@vscode/debugprotocol';
import type { StackRow } from '../shared/queries.js';
import type { Slot } from '../shared/report.js';
import { addOffset, formatAddress, parseAddress } from './addresses.js';
import type { DebugTarget } from './debugTarget.js';
import { TRUST_IN_WORDS } from './frameNames.js';
import { memoryWords, wordVariable } from './memory.js';
import { frameSubject } from './noteSubjects.js';
import { annotated, noteVariable } from './notes.js';
import { frameRange, redZoneRange, SLOT_BYTES, type StackRange } from './stackRange.js';
import type { DeadThread } from './threads.js';
import { plain, word, type VariableGroup } from './variables.js';

/** The frame itself: how it was found, then its slots from its stack pointer to its CFA. */
export async function frameScope(target: DebugTarget, thread: DeadThread, index: number): Promise<VariableGroup> {
  const row = await thread.frames.row(index);
  const facts = row ? await frameFacts(thread, index, row) : [];
  const range = row ? await frameRange(target, thread, index, row) : undefined;
  const named = range?.note === undefined ? facts : [...facts, plain('slots', range.note)];
  // Asked for anew each time: notes come and go.
  const noted = () => (row ? target.notes.onFrame(thread, row).map(noteVariable) : []);
  const words: Partial<VariableGroup> = range ? wordList(target, thread, range) : {};
  return {
    named: () => [...noted(), ...named],
    namedCount: noted().length + named.length,
    ...words,
    noteSubject: async (name) => (await words.noteSubject?.(name)) ?? frameSubject(thread, row),
  };
}

/** The 128 bytes below a frame's stack pointer; `undefined` where the stack pointer is not known. */
export async function redZoneScope(
  target: DebugTarget,
  thread: DeadThread,
  index: number,
): Promise<VariableGroup | undefined> {
  const range = await redZoneRange(target, thread, index);
  return range && { named: () => [], ...wordList(target, thread, range) };
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
  row: StackRow,
): Promise<readonly DebugProtocol.Variable[]> {
  const rejected = await thread.frames.rejected(index);
  return [
    plain('pc', row.pc, { memoryReference: row.pc, evaluateName: row.pc }),
    ...(row.cfa === undefined ? [] : [plain('cfa', row.cfa, { memoryReference: row.cfa, evaluateName: row.cfa })]),
    ...(row.module === undefined ? [] : [plain('module', row.module)]),
    plain('found by', TRUST_IN_WORDS[row.trust]),
    ...rejected.map((reason) => plain('why', reason)),
  ];
}

/** The words of a range: as the thread's slots where it has them, else as plain memory. */
function wordList(
  target: DebugTarget,
  thread: DeadThread,
  range: StackRange,
): Pick<VariableGroup, 'indexed' | 'noteSubject'> {
  const list = async (from: number, count: number): Promise<readonly DebugProtocol.Variable[]> => {
    const start = addOffset(range.start, BigInt(from) * SLOT_BYTES);
    const addresses = Array.from({ length: count }, (_, at) => formatAddress(start + BigInt(at) * SLOT_BYTES));
    const slots = await slotsAt(target, thread, start, count);
    if (addresses.every((address) => slots.has(address)))
      return addresses.flatMap((address) => slots.get(address) ?? []);
    // Another stack than the one the thread died on, as behind a handler on an alternate stack.
    const words = await memoryWords(target.core, start, count);
    return Promise.all(words.map(async (item) => slots.get(item.address) ?? (await wordVariable(target.core, item))));
  };
  return {
    indexed: {
      count: range.count,
      list: async (from, count) =>
        (await list(from, count)).map((variable) => annotated(variable, target.notes.onWord(variable.name))),
    },
    noteSubject: async (name) => {
      const address = parseAddress(name);
      if (address === undefined) return undefined;
      const [word] = await list(Number((address - range.start) / SLOT_BYTES), 1);
      return word?.name === name
        ? { target: { slot: name, tid: thread.tid }, about: `${name}  ${word.value}` }
        : undefined;
    },
  };
}

/** The thread's slots in a range, by address. */
async function slotsAt(
  target: DebugTarget,
  { tid }: DeadThread,
  start: bigint,
  count: number,
): Promise<ReadonlyMap<string, DebugProtocol.Variable>> {
  const origin = parseAddress((await target.core.ask('slots', { tid, from: 0, count: 1 })).items[0]?.address ?? '');
  const from = origin === undefined ? undefined : Number((start - origin) / SLOT_BYTES);
  if (from === undefined || !Number.isSafeInteger(from)) return new Map();
  const { items } = await target.core.ask('slots', { tid, from, count });
  return new Map(items.map((slot) => [slot.address, slotVariable(slot)]));
}
