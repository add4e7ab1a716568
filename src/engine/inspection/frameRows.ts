import type { FrameRow } from '../../shared/report.js';
import { hex, type RuntimeAddress } from '../base/addresses.js';
import { printablePath } from '../base/text.js';
import type { SourceLines } from '../symbolize/sourceLines.js';
import type { Symbolizer } from '../symbolize/symbolizer.js';
import { lookupAddress, type StackFrame } from '../unwind/stackFrame.js';
import { tailCallsBetween } from '../unwind/tailCalls.js';
import type { UnwindContext } from '../unwind/unwindContext.js';

/**
 * Frames as the JSON contract has them: one entry per function, inline ones first, numbered through.
 *
 * @param context tells which functions left by tail calls; without it none is told
 * @returns rows, and for each the index of its frame in `frames`
 */
export function frameRows(
  frames: readonly StackFrame[],
  symbolizer: Symbolizer,
  lines: SourceLines | undefined,
  context: UnwindContext | undefined,
): { readonly rows: readonly FrameRow[]; readonly frameOfRow: readonly number[] } {
  const rows: FrameRow[] = [];
  const frameOfRow: number[] = [];
  frames.forEach((frame, index) => {
    // A caller that was interrupted, by shape or by the augmentation of call-frame information: the frame below it is the trampoline to
    // which the handler returns.
    const caller = frames[index + 1];
    const leftBySignal = caller?.interrupted === true && (caller.trust === 'signalFrame' || caller.trust === 'cfi');
    const isTrampoline = !frame.interrupted && leftBySignal;
    for (const row of isTrampoline ? [trampolineRow(frame, symbolizer)] : rowsOf(frame, symbolizer, lines)) {
      rows.push({ index: rows.length, ...row });
      frameOfRow.push(index);
    }
    const last = rows.at(-1);
    const between =
      context === undefined || caller === undefined || isTrampoline ? [] : tailCallsBetween(context, frame, caller);
    const names = between.map((entry) => entryName(entry, symbolizer, lines)).reverse();
    if (last !== undefined && names.length > 0) rows[rows.length - 1] = { ...last, tailCallers: names };
  });
  return { rows, frameOfRow };
}

/** As gdb calls it: the C library's symbol for it, if there is one, says less. */
const TRAMPOLINE = '<signal handler called>';

function trampolineRow(frame: StackFrame, symbolizer: Symbolizer): Omit<FrameRow, 'index'> {
  const module = symbolizer.modules.find(frame.pc);
  return {
    pc: hex(frame.pc),
    trust: frame.trust,
    ...(frame.cfa === undefined ? {} : { cfa: hex(frame.cfa) }),
    ...(module === undefined ? {} : { module: printablePath(module.path) }),
    function: TRAMPOLINE,
  };
}

/** As the source calls the function at its entry. */
function entryName(entry: RuntimeAddress, symbolizer: Symbolizer, lines: SourceLines | undefined): string {
  const { module, function: symbol } = symbolizer.locate(entry);
  const own = module === undefined ? undefined : lines?.locate(module, entry)?.at(-1)?.function;
  return own ?? symbol ?? hex(entry);
}

function rowsOf(frame: StackFrame, symbolizer: Symbolizer, lines: SourceLines | undefined): Omit<FrameRow, 'index'>[] {
  const address = lookupAddress(frame);
  const location = symbolizer.locate(address);
  const lost = frame.trust === 'callTarget';
  const base = location.functionStart ?? location.module?.start;
  // Rows are many: assigned to, which costs a fraction of spreading one literal into the next.
  const place: Row = { pc: hex(frame.pc), trust: frame.trust };
  if (frame.cfa !== undefined) place.cfa = hex(frame.cfa);
  if (location.module !== undefined) place.module = printablePath(location.module.path);
  // The pc of a lost frame is not known, so neither are offset and line.
  if (base !== undefined && !lost) place.offset = hex(frame.pc - base);
  const inlines = lost || location.module === undefined ? undefined : lines?.locate(location.module, address);
  if (inlines === undefined || inlines.length === 0) {
    if (location.function !== undefined) place.function = location.function;
    return [place];
  }
  return inlines.map((inline, i) => {
    const outermost = i === inlines.length - 1;
    // The debug information knows the source's name; symbols of clones and aliases differ from it.
    const name = inline.function ?? (outermost ? location.function : undefined);
    const row: Row = { ...place };
    if (name !== undefined) row.function = name;
    if (inline.file !== undefined) row.file = inline.file;
    if (inline.line !== undefined && inline.line !== 0) row.line = inline.line;
    if (!outermost) row.inlined = true;
    return row;
  });
}

type Row = { -readonly [Field in keyof Omit<FrameRow, 'index'>]: FrameRow[Field] };
