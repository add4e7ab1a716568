import { Symbolizer } from '../../../src/engine/symbolize/symbolizer.js';
import { StackDepths } from '../../../src/engine/unwind/stackDepths.js';
import { AddressSpace } from '../../../src/engine/values/addressSpace.js';
import { judge, type Judgement } from '../../../src/engine/verdict/judge.js';
import { createIcedDisassembler } from '../../../src/io/icedDisassembler.js';
import { fileNote, prpsinfo, prstatus, siginfo } from '../../writers/coreNotes.js';
import { FrameWriter } from '../../writers/dwarfFrames.js';
import { TEXT, writeBinary } from '../../writers/elfBinary.js';
import { openProcess, provider } from '../process.js';

export const CODE = 0x40_0000n;
export const STACK = 0x7ffd_0000_0000n;
export const HEAP = 0x7ffc_0000_0000n;

/** A function of a program, with a name and call-frame information. */
export interface MadeFunction {
  readonly name: string;
  /** Offset into the code page. */
  readonly start: number;
  readonly size: number;
  /** Bytes from the stack pointer to the canonical frame address, from an offset into the code page on; 8 at the start. */
  readonly frame?: Readonly<Record<number, number>>;
  /** The offset into the code page from which the frame pointer defines the frame, 16 bytes below the canonical frame address. */
  readonly framePointer?: number;
  /** It was called by nobody. */
  readonly outermost?: true;
}

/** A process that died of SIGSEGV, or as it is said, made of a page of code and a page of stack. */
export interface MadeProcess {
  /** Words of the stack, by their offset; the others are 0. */
  readonly words: Readonly<Record<number, bigint>>;
  readonly registers: Readonly<Record<string, bigint>>;
  /** Words of a page of other data, by their offset. */
  readonly heap?: Readonly<Record<number, bigint>>;
  /** Bytes of the code page, by their offset, among one-byte instructions; `undefined` for code that was not dumped. */
  readonly code: Readonly<Record<number, readonly number[]>> | undefined;
  /** The functions of the program, whose file is at hand then: the code page is mapped from it. */
  readonly functions?: readonly MadeFunction[];
  /** si_code; SEGV_MAPERR unless given. */
  readonly signalCode?: number;
  readonly signal?: number;
  /** What siginfo holds behind number and code: an address that faulted, a sender. */
  readonly siginfo?: readonly bigint[];
  /** Signals that the first thread had blocked, bit n-1 for signal n. */
  readonly blocked?: bigint;
  /** There is a page below the stack that may not be touched. */
  readonly guarded?: true;
  /** Registers of further threads. */
  readonly others?: readonly Readonly<Record<string, bigint>>[];
}

/** The number of the process; that of its first thread is 1. */
export const PID = 42;

export function judgedProcess(made: MadeProcess): Judgement {
  const { words, registers, code, signal = 11, signalCode = 1, others = [] } = made;
  const page = new Uint8Array(4096).fill(0x90);
  for (const [offset, bytes] of Object.entries(code ?? {})) page.set(bytes, Number(offset));
  const program = made.functions === undefined ? undefined : programOf(page, made.functions);
  const { core, context, modules } = openProcess(
    {
      notes: [
        prstatus(1, registers, signal, made.blocked),
        prpsinfo({ pid: PID }),
        siginfo(signal, signalCode, made.siginfo ?? [0n]),
        ...(program === undefined ? [] : [fileNote(MAPPED)]),
        ...others.map((other, index) => prstatus(2 + index, other, signal)),
      ],
      loads: [
        ...(program === undefined ? [] : [{ vaddr: BASE, bytes: program.subarray(0, TEXT), flags: 'r' }]),
        code === undefined ? { vaddr: CODE, memsz: 4096n, flags: 'rx' } : { vaddr: CODE, bytes: page, flags: 'rx' },
        ...(made.heap === undefined ? [] : [{ vaddr: HEAP, bytes: pageOf(made.heap) }]),
        ...(made.guarded === undefined ? [] : [{ vaddr: STACK - 4096n, memsz: 4096n, flags: '' }]),
        { vaddr: STACK, bytes: pageOf(words) },
      ],
    },
    program === undefined ? undefined : provider({ [PROGRAM]: program }),
  );
  const [thread] = core.threads;
  if (thread === undefined) throw new Error('no thread');
  const disassembler = createIcedDisassembler();
  return judge({
    core,
    unwind: { ...context, depths: new StackDepths(context.architecture, context.memory, disassembler, modules) },
    symbolizer: new Symbolizer(modules, () => undefined),
    space: () => new AddressSpace(core, modules),
    disassembler,
    thread,
  });
}

const PROGRAM = '/app';
const BASE = CODE - BigInt(TEXT);
const MAPPED = [
  { start: BASE, end: CODE, path: PROGRAM },
  { start: CODE, end: CODE + 4096n, page: 1n, path: PROGRAM },
];
/** Link address of the call-frame information, behind the code page. */
const FRAMES = BigInt(2 * TEXT);

function programOf(text: Uint8Array, functions: readonly MadeFunction[]): Uint8Array {
  const frames = new FrameWriter(FRAMES);
  const common = frames.common();
  for (const { start, size, frame, framePointer, outermost } of functions)
    frames.function(common, BigInt(TEXT + start), size, [
      ...(outermost === true ? UNDEFINED_RETURN_ADDRESS : []),
      ...(framePointer === undefined ? rowsOf(start, frame ?? {}) : framed(framePointer - start)),
    ]);
  const { bytes, address } = frames.section();
  return writeBinary({
    text,
    symbols: functions.map(({ name, start, size }) => ({ name, value: BigInt(TEXT + start), size })),
    sections: [{ name: '.eh_frame', flags: 2n, address, bytes }],
  });
}

/** DW_CFA_undefined of register 16 (DWARF 5 §6.4.2). */
const UNDEFINED_RETURN_ADDRESS = [0x07, 16];

/** DW_CFA_advance_loc1, DW_CFA_def_cfa with register 6 and offset 16, and DW_CFA_offset of that register at 16 bytes below. */
function framed(advance: number): number[] {
  return [0x02, advance, 0x0c, 6, 16, 0x80 + 6, 2];
}

/** DW_CFA_advance_loc1 and DW_CFA_def_cfa_offset for every change; the offsets are below 128. */
function rowsOf(start: number, frame: Readonly<Record<number, number>>): number[] {
  let at = start;
  return Object.entries(frame).flatMap(([offset, distance]) => {
    const advance = Number(offset) - at;
    at = Number(offset);
    return [0x02, advance, 0x0e, distance];
  });
}

function pageOf(words: Readonly<Record<number, bigint>>): Uint8Array {
  const page = new Uint8Array(4096);
  const view = new DataView(page.buffer);
  for (const [offset, value] of Object.entries(words)) view.setBigUint64(Number(offset), value, true);
  return page;
}
