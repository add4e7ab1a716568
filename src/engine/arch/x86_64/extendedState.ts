import { ByteCursor, FormatError } from '../../base/byteCursor.js';
import type { ExtendedRegister, ExtendedState, RegisterComponent } from '../extendedState.js';
import { vectorRegisters } from './vectorRegisters.js';
import { INITIAL_X87, mxcsrRegister, x87Registers } from './x87.js';
import { XsaveArea } from './xsave.js';
import {
  APX,
  AVX,
  BNDCSR,
  BNDREGS,
  decodeXsaveLayout,
  HI16_ZMM,
  OPMASK,
  PKRU,
  SSE,
  TILECFG,
  TILEDATA,
  X87,
  XSAVE_HEADER_END,
  ZMM_HI256,
} from './xsaveLayout.js';

const NT_PRFPREG = 2;
const NT_PRXFPREG = 0x46e62b7f;
const NT_X86_XSTATE = 0x202;
const NT_X86_SHSTK = 0x204;
const NT_X86_XSAVE_LAYOUT = 0x205;

/**
 * A thread's registers beside the general ones, from its notes: NT_X86_XSTATE, or the legacy area of NT_PRFPREG alone.
 *
 * @param notes by type: the thread's own, and those of the whole core
 * @param vectors how many vector registers the legacy area holds: 16, of 32-bit programs 8
 */
export function extendedState(notes: ReadonlyMap<number, Uint8Array>, vectors: 8 | 16 = 16): ExtendedState | undefined {
  const xstate = notes.get(NT_X86_XSTATE);
  const layout = notes.get(NT_X86_XSAVE_LAYOUT);
  const legacy = vectors === 8 ? notes.get(NT_PRXFPREG) : notes.get(NT_PRFPREG);
  try {
    const area =
      xstate !== undefined && xstate.length >= XSAVE_HEADER_END
        ? new XsaveArea(xstate, enabledOf(xstate), layout === undefined ? undefined : decodeXsaveLayout(layout))
        : legacy === undefined
          ? undefined
          : new XsaveArea(legacy.subarray(0, 512), 0n);
    if (area === undefined) return undefined;
    const shadowStack = shadowStackOf(notes.get(NT_X86_SHSTK));
    return stateOf(area, vectors, shadowStack === undefined ? [] : [shadowStack]);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return undefined;
  }
}

/**
 * The same of a context that a signal interrupted. In the frame that the kernel wrote, fpx_sw_bytes stand where a note has XCR0:
 * magic, sizes and the components that were saved (arch/x86/include/uapi/asm/sigcontext.h).
 */
export function interruptedExtendedState(area: Uint8Array, vectors: 8 | 16 = 16): ExtendedState | undefined {
  try {
    const enabled = area.length < XSAVE_HEADER_END ? 0n : new ByteCursor(area).seek(472).u64();
    return stateOf(new XsaveArea(area, enabled), vectors, []);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return undefined;
  }
}

/** XCR0, which the kernel writes among the bytes that are left to software. */
function enabledOf(xstate: Uint8Array): bigint {
  return new ByteCursor(xstate).seek(464).u64();
}

function stateOf(area: XsaveArea, vectors: 8 | 16, others: readonly RegisterComponent[]): ExtendedState {
  return {
    vectors: vectorRegisters(area, vectors),
    components: [...COMPONENTS.flatMap((row) => componentOf(area, row) ?? []), ...others],
  };
}

interface ComponentRow {
  readonly number: number;
  readonly name: string;
  /** Listed even where the processor has none: everybody asks for it. */
  readonly always: boolean;
  readonly initial: string;
  readonly registers: (area: XsaveArea) => readonly ExtendedRegister[];
}

const NO_REGISTERS = (): readonly ExtendedRegister[] => [];

const COMPONENTS: readonly ComponentRow[] = [
  {
    number: X87,
    name: 'x87',
    always: true,
    initial: 'as after FNINIT: nothing was pushed',
    registers: (area) => x87Registers(area.isSaved(X87) ? area.bytes : INITIAL_X87),
  },
  {
    number: SSE,
    name: 'SSE',
    always: true,
    initial: 'all zero',
    // MXCSR is saved along with SSE or AVX (Intel SDM 1 §13.7); its initial value is not zero.
    registers: (area) => [
      mxcsrRegister(area.isSaved(SSE) || area.isSaved(AVX) ? new ByteCursor(area.bytes).seek(24).u32() : 0x1f80),
    ],
  },
  { number: AVX, name: 'AVX', always: true, initial: 'upper halves of ymm zero', registers: NO_REGISTERS },
  {
    number: BNDREGS,
    name: 'BNDREGS',
    always: false,
    initial: 'all zero',
    registers: (area) =>
      words(area.part(BNDREGS, 0, 64)).map((value, i) => ({
        name: `bnd${i >> 1}_${i % 2 === 0 ? 'lower' : 'upper'}`,
        value,
      })),
  },
  {
    number: BNDCSR,
    name: 'BNDCSR',
    always: false,
    initial: 'all zero',
    registers: (area) =>
      words(area.part(BNDCSR, 0, 16)).map((value, i) => ({ name: i === 0 ? 'bndcfgu' : 'bndstatus', value })),
  },
  {
    number: OPMASK,
    name: 'opmask',
    always: true,
    initial: 'all zero',
    registers: (area) => words(area.part(OPMASK, 0, 64)).map((value, i) => ({ name: `k${i}`, value })),
  },
  {
    number: ZMM_HI256,
    name: 'ZMM_Hi256',
    always: true,
    initial: 'upper halves of zmm0 to zmm15 zero',
    registers: NO_REGISTERS,
  },
  { number: HI16_ZMM, name: 'Hi16_ZMM', always: true, initial: 'zmm16 to zmm31 zero', registers: NO_REGISTERS },
  {
    number: PKRU,
    name: 'PKRU',
    always: true,
    initial: 'every key may be used',
    registers: (area) => [pkruRegister(new ByteCursor(area.part(PKRU, 0, 4)).u32())],
  },
  { number: TILECFG, name: 'TILECFG', always: false, initial: 'no tiles configured', registers: NO_REGISTERS },
  { number: TILEDATA, name: 'TILEDATA', always: false, initial: 'all zero', registers: NO_REGISTERS },
  {
    number: APX,
    name: 'APX',
    always: false,
    initial: 'r16 to r31 zero',
    registers: (area) =>
      words(area.part(APX, 0, 128)).map((value, i) => ({ name: `r${16 + i}`, value, isAddress: true })),
  },
];

function componentOf(area: XsaveArea, row: ComponentRow): RegisterComponent | undefined {
  const { name } = row;
  const absence = area.absence(row.number);
  if (absence !== undefined) {
    if (!row.always && !area.isEnabled(row.number)) return undefined;
    return { name, state: 'not-saved', text: absence, registers: [] };
  }
  if (!area.isSaved(row.number)) return { name, state: 'initial', text: row.initial, registers: row.registers(area) };
  return { name, state: 'saved', text: '', registers: row.registers(area) };
}

/** Protection keys: two bits a key, access disabled and write disabled (Intel SDM 3 §4.6.2). */
function pkruRegister(value: number): ExtendedRegister {
  const keys = Array.from({ length: 16 }, (_, key) => ({ key, bits: (value >>> (2 * key)) & 3 }));
  const closed = keys.filter(({ bits }) => (bits & 1) === 1).map(({ key }) => key);
  const readOnly = keys.filter(({ bits }) => bits === 2).map(({ key }) => key);
  const text = [
    ...(closed.length === 0 ? [] : [`no access with key ${ranges(closed)}`]),
    ...(readOnly.length === 0 ? [] : [`read only with key ${ranges(readOnly)}`]),
  ].join('; ');
  return { name: 'pkru', value: BigInt(value >>> 0), text: text === '' ? 'every key may be used' : text };
}

/** `0, 2 to 5`. */
function ranges(numbers: readonly number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run?.last === number - 1) run.last = number;
    else runs.push({ first: number, last: number });
  }
  return runs.map(({ first, last }) => (first === last ? `${first}` : `${first} to ${last}`)).join(', ');
}

/** NT_X86_SHSTK: the shadow stack pointer of a thread that has a shadow stack (Linux 6.6). */
function shadowStackOf(desc: Uint8Array | undefined): RegisterComponent | undefined {
  if (desc === undefined || desc.length < 8) return undefined;
  const value = new ByteCursor(desc).u64();
  return { name: 'CET', state: 'saved', text: '', registers: [{ name: 'ssp', value, isAddress: true }] };
}

function words(bytes: Uint8Array): bigint[] {
  const cursor = new ByteCursor(bytes);
  const values: bigint[] = [];
  while (cursor.remaining >= 8) values.push(cursor.u64());
  return values;
}
