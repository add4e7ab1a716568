import type { FrameRow } from '../../src/shared/report.js';
import { lastPart, plainName } from './functionNames.js';
import type { ToolFrame } from './toolFrames.js';

/** What two readings of one thread have in common. */
export interface Comparison {
  /** Frames of the tool that were compared; of frames that repeat, the first few. */
  readonly compared: number;
  readonly agreed: number;
  readonly differences: readonly Difference[];
}

export interface Difference {
  /** One line, without addresses, which would say nothing. */
  readonly text: string;
  /** How many frames it concerns. */
  readonly frames: number;
}

interface Place {
  readonly function: string;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

/** One activation of a function, with what is inlined into it, innermost first. */
interface Activation {
  readonly pc: bigint;
  readonly places: readonly Place[];
}

/** The code that a signal handler returns to; every tool shows it in its own way, and it says nothing. */
const TRAMPOLINE = '<signal handler called>';

/** How often a pc may come before the rest of a recursion is no news. */
const REPEATS = 4;

/** Compares function, file name, line and inline chain, frame by frame; frames are matched by their pc. */
export function compareThreads(
  rows: readonly FrameRow[],
  frames: readonly ToolFrame[],
  trampolines: ReadonlySet<bigint>,
): Comparison {
  const ours = ofRows(rows);
  const theirs = ofFrames(frames.filter((frame) => frame.kind !== 'signal' && !trampolines.has(frame.pc)));
  const matches = align(
    ours.map(({ pc }) => pc),
    theirs.map(({ pc }) => pc),
  );
  const seen = new Map<bigint, number>();
  const differences: Difference[] = [];
  let compared = 0;
  let agreed = 0;
  let uncounted = 0;
  // What follows one another and differs in the same way is told in one line.
  let run: { readonly way: string; readonly names: string[] } | undefined;
  const tellRun = (): void => {
    if (run !== undefined) differences.push({ text: `${run.way}: ${run.names.join(' < ')}`, frames: run.names.length });
    run = undefined;
  };
  const inRun = (way: string, name: string): void => {
    if (run?.way !== way) tellRun();
    run ??= { way, names: [] };
    run.names.push(name);
  };
  for (const [mine, other] of matches) {
    const a = mine === undefined ? undefined : ours[mine];
    const b = other === undefined ? undefined : theirs[other];
    const pc = (a ?? b)?.pc ?? 0n;
    const times = (seen.get(pc) ?? 0) + 1;
    seen.set(pc, times);
    if (times > REPEATS) {
      if (a === undefined || b === undefined) uncounted++;
      continue;
    }
    compared++;
    if (a === undefined) inRun('only there', inWords(b));
    else if (b === undefined) inRun('only here', inWords(a));
    else if (knowsNothing(b) && !knowsNothing(a)) inRun('no name there', inWords(a));
    else if (knowsNoLine(a, b)) inRun('no line there', inWords(a));
    else {
      tellRun();
      const found = differ(a, b);
      if (found === undefined) agreed++;
      else differences.push({ text: found, frames: 1 });
    }
  }
  tellRun();
  if (uncounted > 0) differences.push({ text: `${uncounted} more frames of a recursion on one side only`, frames: 1 });
  return { compared, agreed, differences };
}

function knowsNothing({ places }: Activation): boolean {
  return places.every((place) => place.function === '??' && place.line === undefined);
}

/** Only the line is missing there, with the inline chain that goes with it. */
function knowsNoLine(ours: Activation, theirs: Activation): boolean {
  const mine = ours.places.at(-1);
  const other = theirs.places.at(-1);
  if (mine === undefined || other === undefined || theirs.places.length > 1 || other.line !== undefined) return false;
  return mine.line !== undefined && lastPart(mine.function) === lastPart(other.function);
}

function ofRows(rows: readonly FrameRow[]): Activation[] {
  const activations: Activation[] = [];
  let places: Place[] = [];
  for (const row of rows) {
    if (row.function === TRAMPOLINE) continue;
    places.push({
      function: plainName(row.function),
      file: row.file?.slice(row.file.lastIndexOf('/') + 1),
      line: row.line,
    });
    if (row.inlined === true) continue;
    activations.push({ pc: BigInt(row.pc), places });
    places = [];
  }
  return activations;
}

function ofFrames(frames: readonly ToolFrame[]): Activation[] {
  const activations: Activation[] = [];
  let places: Place[] = [];
  for (const frame of frames) {
    places.push({ function: plainName(frame.function), file: frame.file, line: frame.line });
    if (frame.kind === 'inline') continue;
    activations.push({ pc: frame.pc, places });
    places = [];
  }
  return activations;
}

function inWords(activation: Activation | undefined): string {
  return (activation?.places ?? []).map((place) => place.function).join(' in ');
}

function differ(ours: Activation, theirs: Activation): string | undefined {
  if (ours.places.length !== theirs.places.length)
    return `inline chain: ${inWords(ours)} here, ${inWords(theirs)} there`;
  const found = ours.places.flatMap((mine, i) => {
    const other = theirs.places[i];
    if (other === undefined) return [];
    const parts: string[] = [];
    if (mine.function !== other.function && lastPart(mine.function) !== lastPart(other.function))
      parts.push(`function ${mine.function} here, ${other.function} there`);
    if (mine.file !== other.file || mine.line !== other.line)
      parts.push(`line of ${mine.function} ${placeText(mine)} here, ${placeText(other)} there`);
    return parts;
  });
  return found.length === 0 ? undefined : found.join('; ');
}

function placeText({ file, line }: Place): string {
  return file === undefined ? 'none' : `${file}:${line ?? '?'}`;
}

type Match = readonly [mine: number | undefined, other: number | undefined];

/** The longest common subsequence, with what is left out on either side. Equal beginnings and ends are taken off first. */
function align(mine: readonly bigint[], other: readonly bigint[]): Match[] {
  let head = 0;
  while (head < mine.length && head < other.length && mine[head] === other[head]) head++;
  let tail = 0;
  while (tail < mine.length - head && tail < other.length - head && mine.at(-1 - tail) === other.at(-1 - tail)) tail++;
  const a = mine.slice(head, mine.length - tail);
  const b = other.slice(head, other.length - tail);
  const same = (n: number, from: number, to: number): Match[] =>
    Array.from({ length: n }, (_, i): Match => [from + i, to + i]);
  return [
    ...same(head, 0, 0),
    ...middle(a, b).map(([i, j]): Match => [
      i === undefined ? undefined : i + head,
      j === undefined ? undefined : j + head,
    ]),
    ...same(tail, mine.length - tail, other.length - tail),
  ];
}

function middle(a: readonly bigint[], b: readonly bigint[]): Match[] {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const matches: Match[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) matches.push([i++, j++]);
    else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) matches.push([i++, undefined]);
    else matches.push([undefined, j++]);
  }
  return matches;
}
