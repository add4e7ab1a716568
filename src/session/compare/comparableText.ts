import { POINTER_KINDS } from '../../engine/inspection/compare/pointerKinds.js';
import type { CoreSummary, RegistersAnswer, StackRow, VerdictAnswer } from '../../shared/queries.js';
import type { Slot } from '../../shared/report.js';
import { oneLine } from '../annotations/annotationsText.js';
import type { OpenedCore } from '../coreSession.js';

/** Frames that are compared, and slots of each. */
const FRAMES = 32;
const FRAME_SLOTS = 64;
/** Slots of the dead stack below: where the witnesses of a race lie. */
const DEAD_SLOTS = 32;

/**
 * One core as text made for comparing with another: by frame and by place in it, pointers as what they point to and not as addresses,
 * which differ from run to run. Two such texts side by side show where two crashes differ, and where they do not.
 */
export async function comparableText(core: OpenedCore, signal?: AbortSignal): Promise<string> {
  const summary = await core.ask('summary', {}, signal);
  const verdict = await core.ask('verdict', {}, signal);
  const tid = summary.crashedTid;
  if (tid === undefined) return textOf({ summary, verdict, frames: [], registers: [], slots: [] });
  const { items } = await core.ask('stack', { tid, from: 0, count: 2 * FRAMES }, signal);
  const frames = items.filter(({ frame }) => frame < FRAMES);
  const last = frames.at(-1)?.frame ?? -1;
  const registers: RegistersAnswer[] = [];
  for (let frame = 0; frame <= last; frame++) registers.push(await core.ask('registers', { tid, frame }, signal));
  const { items: slots } = await core.ask('slots', { tid, from: -DEAD_SLOTS, count: 4096 }, signal);
  return textOf({ summary, verdict, frames, registers, slots });
}

/** What a comparable text is made of. */
export interface ComparableParts {
  readonly summary: CoreSummary;
  readonly verdict: VerdictAnswer;
  readonly frames: readonly StackRow[];
  /** By frame. */
  readonly registers: readonly RegistersAnswer[];
  readonly slots: readonly Slot[];
}

/** The text of the parts. */
export function textOf({ summary, verdict, frames, registers, slots }: ComparableParts): string {
  const { process, signal } = summary;
  const lines = [
    `VERDICT ${verdict.title}`,
    `  label       ${verdict.label} / ${verdict.kind}${verdict.shift === undefined ? '' : `, shift ${verdict.shift}`}`,
    `  confidence  ${verdict.confidence.toFixed(2)}`,
    `  signature   ${oneLine(verdict.signature)}`,
    `  process     ${oneLine(process?.comm ?? '?')}`,
    `  executable  ${oneLine(process?.exe ?? '?')}`,
    `  build id    ${process?.buildId ?? '?'}`,
    `  signal      ${[signal?.name, signal?.codeName].filter((part) => part !== undefined).join(' ')}`,
    ...verdict.evidence.map((item) => `  ${item.weight < 0 ? '-' : '+'} ${item.rule}`),
    '',
    'BELOW THE STACK POINTER',
    ...slots.filter(({ index }) => index < 0).map((slot) => `  ${offset(slot.index * 8)}  ${meaning(slot)}`),
  ];
  const numbers = [...new Set(frames.map(({ frame }) => frame))];
  for (const number of numbers) {
    const rows = frames.filter(({ frame }) => frame === number);
    lines.push('', `FRAME ${rows.map((row) => oneLine(row.function ?? row.module ?? '??')).join(' in ')}`);
    for (const row of rows) {
      if (row.file !== undefined) lines.push(`  at ${oneLine(row.file)}:${row.line ?? '?'}`);
    }
    lines.push(`  found by ${rows.at(-1)?.trust ?? '?'}`);
    for (const register of registers[number]?.general ?? []) {
      if (register.value !== undefined) lines.push(`  %${register.name.padEnd(8)} ${meaning(register)}`);
    }
    const own = slots.filter(({ frame }) => frame === number).slice(0, FRAME_SLOTS);
    const first = own[0]?.index ?? 0;
    for (const slot of own) lines.push(`  ${offset((slot.index - first) * 8)}  ${meaning(slot)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** A pointer by what it points to, everything else by its value. */
function meaning({ kind, value, text }: Pick<Slot, 'kind' | 'value' | 'text'>): string {
  const isPointer = POINTER_KINDS.has(kind);
  return oneLine(`${kind.padEnd(18)} ${isPointer ? text : `${value ?? '--'}  ${text}`}`).trimEnd();
}

function offset(bytes: number): string {
  return `${bytes < 0 ? '-' : '+'}0x${Math.abs(bytes).toString(16)}`.padEnd(7);
}
