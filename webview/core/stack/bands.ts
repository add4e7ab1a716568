import type { StackRow } from '../../../src/shared/queries.js';
import type { FrameRow, SignalFrameReport } from '../../../src/shared/report.js';
import { parseHex } from '../hex.js';

/**
 * Where the headings of a stack stand: each names what begins at its slot. Only placing is done here; what owns a slot the slot
 * itself says. Ordered by slot, and at one slot from the widest part to the narrowest.
 */
export function bandsOf(stack: StackOutline): Band[] {
  const { rsp, lowest, highest, frames, signalFrames } = stack;
  const slotOf = (address: bigint): number => Number((address - rsp) / 8n);
  const bands: Band[] = [];
  const add = (slot: number, band: Omit<Band, 'slot'>) => {
    if (slot >= lowest && slot <= highest) bands.push({ slot, ...band });
  };
  if (lowest < -RED_ZONE_SLOTS) add(lowest, { kind: 'dead' });
  if (lowest < 0) add(Math.max(lowest, -RED_ZONE_SLOTS), { kind: 'redZone' });
  for (const frame of signalFrames) {
    const address = parseHex(frame.address);
    if (address !== undefined) add(slotOf(address), { kind: 'signalFrame', signalFrame: frame });
  }
  // A frame starts at its stack pointer; where that is not known, where the one inside it ends: at that one's CFA.
  let end: bigint | undefined = rsp;
  let physical = 0;
  for (const [index, frame] of frames.entries()) {
    if (frame.inlined === true) continue;
    const start = parseHex(frame.start) ?? end;
    if (start !== undefined) add(slotOf(start), { kind: 'frame', frame, row: index, physical });
    end = parseHex(frame.cfa);
    physical++;
  }
  const assumed = parseHex(frames[0]?.start);
  if (assumed !== undefined && assumed !== rsp) add(slotOf(assumed), { kind: 'assumed' });
  if (end !== undefined && frames.length > 0) add(slotOf(end), { kind: 'end' });
  const order = ['dead', 'redZone', 'end', 'signalFrame', 'assumed', 'frame'];
  return bands.sort((a, b) => a.slot - b.slot || order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** 128 bytes below %rsp belong to the running function (System V ABI, x86-64, §3.2.2). */
export const RED_ZONE_SLOTS = 16;

export interface StackOutline {
  readonly rsp: bigint;
  /** Lowest and highest slot there is. */
  readonly lowest: number;
  readonly highest: number;
  readonly frames: readonly (FrameRow & Pick<StackRow, 'start'>)[];
  readonly signalFrames: readonly SignalFrameReport[];
}

/** A heading before slot `slot`. */
export interface Band {
  readonly slot: number;
  readonly kind: 'dead' | 'redZone' | 'signalFrame' | 'assumed' | 'frame' | 'end';
  readonly frame?: FrameRow;
  /** Index of the frame in the frame list. */
  readonly row?: number;
  /** Number of the frame, inline entries not counted. */
  readonly physical?: number;
  readonly signalFrame?: SignalFrameReport;
}
