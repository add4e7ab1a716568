import { Symbolizer } from '../../../src/engine/symbolize/symbolizer.js';
import { AddressSpace } from '../../../src/engine/values/addressSpace.js';
import { judge, type Judgement } from '../../../src/engine/verdict/judge.js';
import { createIcedDisassembler } from '../../../src/io/icedDisassembler.js';
import { prpsinfo, prstatus, siginfo } from '../../writers/coreNotes.js';
import { openProcess } from '../process.js';

export const CODE = 0x40_0000n;
export const STACK = 0x7ffd_0000_0000n;
export const HEAP = 0x7ffc_0000_0000n;

/** A process that died of SIGSEGV, or as it is said, made of a page of code and a page of stack. */
export interface MadeProcess {
  /** Words of the stack, by their offset; the others are 0. */
  readonly words: Readonly<Record<number, bigint>>;
  readonly registers: Readonly<Record<string, bigint>>;
  /** Words of a page of other data, by their offset. */
  readonly heap?: Readonly<Record<number, bigint>>;
  /** Bytes of the code page, by their offset, among one-byte instructions; `undefined` for code that was not dumped. */
  readonly code: Readonly<Record<number, readonly number[]>> | undefined;
  /** si_code; SEGV_MAPERR unless given. */
  readonly signalCode?: number;
  readonly signal?: number;
  /** What siginfo holds behind number and code: an address that faulted, a sender. */
  readonly siginfo?: readonly bigint[];
  /** Signals that the first thread had blocked, bit n-1 for signal n. */
  readonly blocked?: bigint;
  /** Registers of further threads. */
  readonly others?: readonly Readonly<Record<string, bigint>>[];
}

/** The number of the process; that of its first thread is 1. */
export const PID = 42;

export function judgedProcess(made: MadeProcess): Judgement {
  const { words, registers, code, signal = 11, signalCode = 1, others = [] } = made;
  const page = new Uint8Array(4096).fill(0x90);
  for (const [offset, bytes] of Object.entries(code ?? {})) page.set(bytes, Number(offset));
  const { core, context, modules } = openProcess({
    notes: [
      prstatus(1, registers, signal, made.blocked),
      prpsinfo({ pid: PID }),
      siginfo(signal, signalCode, made.siginfo ?? [0n]),
      ...others.map((other, index) => prstatus(2 + index, other, signal)),
    ],
    loads: [
      code === undefined ? { vaddr: CODE, memsz: 4096n, flags: 'rx' } : { vaddr: CODE, bytes: page, flags: 'rx' },
      ...(made.heap === undefined ? [] : [{ vaddr: HEAP, bytes: pageOf(made.heap) }]),
      { vaddr: STACK, bytes: pageOf(words) },
    ],
  });
  const [thread] = core.threads;
  if (thread === undefined) throw new Error('no thread');
  return judge({
    core,
    unwind: context,
    symbolizer: new Symbolizer(modules, () => undefined),
    space: () => new AddressSpace(core, modules),
    disassembler: createIcedDisassembler(),
    thread,
  });
}

function pageOf(words: Readonly<Record<number, bigint>>): Uint8Array {
  const page = new Uint8Array(4096);
  const view = new DataView(page.buffer);
  for (const [offset, value] of Object.entries(words)) view.setBigUint64(Number(offset), value, true);
  return page;
}
