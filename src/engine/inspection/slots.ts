import type { Slot } from '../../shared/report.js';
import { hex, runtimeAddress } from '../base/addresses.js';
import type { SignalFrame } from '../arch/architecture.js';
import { fieldAt } from '../unwind/signalFrames.js';
import type { StackFrame } from '../unwind/stackFrame.js';
import type { UnwindContext } from '../unwind/unwindContext.js';
import type { WordClassifier } from '../values/classifyWord.js';

/** What the slots of one thread's stack are drawn from. */
export interface SlotSource {
  readonly context: UnwindContext;
  readonly classifier: WordClassifier;
  /** The stack pointer that slot 0 is at. */
  readonly stackPointer: bigint;
  readonly frames: readonly StackFrame[];
  readonly active: readonly SignalFrame[];
  readonly stale: readonly SignalFrame[];
  /** Why a reader should look at a slot, by address. */
  readonly remarks: ReadonlyMap<bigint, string>;
}

/** Lowest and highest slot index worth asking for: from the lowest stale frame, or the red zone, to the end of the stack. */
export function slotBounds(source: SlotSource): { lowest: number; highest: number } {
  const { context, stackPointer, stale } = source;
  const segment = context.core.segmentAt(stackPointer);
  const redZone = BigInt(context.architecture.redZone);
  let low = stackPointer - (redZone === 0n ? 64n : redZone) - BELOW_RED_ZONE;
  for (const frame of stale) {
    if (segment !== undefined && frame.address >= segment.vaddr && frame.address < low) low = frame.address - 64n;
  }
  if (segment !== undefined && low < segment.vaddr) low = segment.vaddr;
  const high = segment === undefined ? stackPointer + 512n : segment.vaddr + segment.memsz;
  const lowest = -Number((stackPointer - low) / 8n);
  return { lowest, highest: Math.max(0, Number((high - stackPointer) / 8n) - 1) };
}

const BELOW_RED_ZONE = 256n;

/** The slots `from` .. `from + count - 1`, ascending. */
export function slotsOf(source: SlotSource, from: number, count: number): Slot[] {
  const { context, stackPointer } = source;
  const start = runtimeAddress(stackPointer + BigInt(from) * 8n);
  const { bytes, rest } = context.memory.read(start, count * 8);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const slots: Slot[] = [];
  const owners = ownersOf(source, start, start + BigInt(8 * count));
  for (let i = 0; i < count; i++) {
    const address = runtimeAddress(start + BigInt(8 * i));
    // Behind a hole there may be bytes again.
    const word = 8 * i + 8 <= bytes.length ? view.getBigUint64(8 * i, true) : context.memory.word(address);
    slots.push(slotAt(source, owners, from + i, address, word, rest));
  }
  return slots;
}

/** The frames that own some of the slots in [start, end): few, where the walk may have a hundred thousand. */
interface Owners {
  readonly frames: readonly { readonly index: number; readonly bottom: bigint; readonly cfa: bigint }[];
  readonly framePointerSlots: ReadonlySet<bigint>;
}

function ownersOf({ frames, context }: SlotSource, start: bigint, end: bigint): Owners {
  const found: { index: number; bottom: bigint; cfa: bigint }[] = [];
  const framePointerSlots = new Set<bigint>();
  frames.forEach((frame, index) => {
    const { cfa } = frame;
    if (cfa === undefined || cfa <= start) return;
    if (cfa - 16n < end) framePointerSlots.add(cfa - 16n);
    const bottom = bottomOf(frame, context);
    if (bottom < end) found.push({ index, bottom, cfa });
  });
  return { frames: found, framePointerSlots };
}

function slotAt(
  source: SlotSource,
  owners: Owners,
  index: number,
  address: bigint,
  word: bigint | undefined,
  rest: string | undefined,
): Slot {
  const place = placeOf(source, owners, address);
  const remark = source.remarks.get(address);
  const where = { index, address: hex(address), ...place, ...(remark === undefined ? {} : { remark }) };
  if (word === undefined) return { ...where, kind: 'absent', text: absenceText(rest ?? 'unmapped') };
  const { kind, text } = source.classifier.classify(word);
  const saved = isSavedFramePointer(source, owners, address, word);
  return {
    ...where,
    value: hex(word),
    kind: saved ? 'savedFramePointer' : kind,
    text: saved ? `saved %${source.context.architecture.framePointer}` : text,
  };
}

function placeOf(source: SlotSource, owners: Owners, address: bigint): Pick<Slot, 'region' | 'frame' | 'signalFrame'> {
  const { stackPointer, context } = source;
  const below = stackPointer - address;
  const region = below <= 0n ? 'live' : below <= BigInt(context.architecture.redZone) ? 'redZone' : 'dead';
  const signalFrame = signalFrameAt(source, address);
  const owner =
    region === 'live' ? owners.frames.find(({ bottom, cfa }) => address < cfa && address >= bottom) : undefined;
  return {
    region,
    ...(owner === undefined ? {} : { frame: owner.index }),
    ...(signalFrame === undefined ? {} : { signalFrame }),
  };
}

function bottomOf(frame: StackFrame, context: UnwindContext): bigint {
  return frame.registers.get(context.architecture.stackPointer) ?? 0n;
}

function signalFrameAt(source: SlotSource, address: bigint): Slot['signalFrame'] {
  for (const [frames, active] of [
    [source.active, true],
    [source.stale, false],
  ] as const) {
    for (const frame of frames) {
      const field = fieldAt(frame, runtimeAddress(address));
      if (field !== undefined) return { address: hex(frame.address), active, ...(field === '' ? {} : { field }) };
    }
  }
  return undefined;
}

/** The slot below a return address that points farther up this very stack. */
function isSavedFramePointer(source: SlotSource, owners: Owners, address: bigint, word: bigint): boolean {
  const framePointers = owners.framePointerSlots.has(address) && address + 16n <= word;
  return framePointers && source.context.core.segmentAt(word) === source.context.core.segmentAt(address);
}

export function absenceText(reason: string): string {
  switch (reason) {
    case 'notDumped':
      return 'not in this core (left out by coredump_filter)';
    case 'truncated':
      return 'not in this core (the file was cut before it)';
    case 'notFetched':
      return 'not fetched yet';
    default:
      return 'nothing is mapped here';
  }
}
