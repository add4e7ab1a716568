import type {
  CoreSummary,
  DisassemblyAnswer,
  InstructionRow,
  QueryParams,
  RegistersAnswer,
  RegisterValue,
  SearchAnswer,
  StackRow,
  VerdictAnswer,
} from '../../src/shared/queries.js';
import type { ModuleRow, SignalFrameReport, Slot } from '../../src/shared/report.js';

/** Answers for a core of the unwind-transfer race, after the recorded registers of the fixture `race-default`. */

const PROGRAM = '/opt/redzone-fixtures/race/race';
const LIBC = '/usr/lib/x86_64-linux-gnu/libc.so.6';
export const RACE_TID = 29713;
const RSP = 0x7ffe324c56b0n;
const STALE_AT = '0x7ffe324c48b8';
const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

export const raceSummary: CoreSummary = {
  source: 'race.core',
  size: 421_888,
  bytesRead: 12_288,
  status: 'ok',
  problems: [],
  format: 'elf64-core',
  arch: 'x86_64',
  process: { pid: RACE_TID, comm: 'race', args: 'race default 0 00' },
  signal: { number: 11, name: 'SIGSEGV', code: 1, codeName: 'SEGV_MAPERR', faultAddress: '0x0' },
  crashedTid: RACE_TID,
  threadCount: 1,
};

export const raceVerdict: VerdictAnswer = {
  label: 'return-to-null',
  kind: 'unwind-transfer-race',
  confidence: 0.97,
  address: 'null',
  title: 'Return to NULL: a signal interrupted the transfer to a landing pad',
  account: 'A signal frame was written over the context from which libunwind was restoring the registers.',
  evidence: [
    { rule: 'rip-zero', text: 'rip is 0 and rsp is 0 modulo 16.', weight: 0.4, refs: [{ register: 'rip' }] },
    { rule: 'stale-frame', text: `A stale signal frame lies at ${STALE_AT}.`, weight: 0.5, refs: [{ slot: STALE_AT }] },
    { rule: 'no-return', text: '[rsp] is no return address.', weight: -0.1, refs: [{ slot: hex(RSP) }] },
  ],
  missing: ['The code of /usr/lib/libother.so was not checked: no file found.'],
  staleSignalFrames: [{ address: STALE_AT, signal: 12, rip: '0x7f9ec8b453d4', symbol: '_Ux86_64_setcontext+0x52' }],
  hypotheses: [
    { id: 'rip=intended', registers: {}, why: 'the landing pad is the caller', score: 0.9, chosen: true, frames: [] },
    {
      id: 'asReturned',
      registers: { rsp: hex(RSP - 8n), rip: '0x56361e8c65e4' },
      why: 'the last transfer was a ret',
      score: 0.4,
      chosen: false,
      frames: [],
    },
  ],
  signature: 'return-to-null | import_record | import_all | main',
};

const inProgram = (index: number, fn: string, pc: string, cfa: bigint, line: number, more: Partial<StackRow> = {}) => ({
  index,
  frame: index < 3 ? index : index - 1,
  pc,
  cfa: hex(cfa),
  function: fn,
  file: '/build/src/race.cc',
  line,
  module: PROGRAM,
  offset: '0x44',
  trust: 'cfi' as const,
  ...more,
});

export const raceFrames: readonly StackRow[] = [
  { index: 0, frame: 0, pc: '0x0', cfa: hex(RSP), trust: 'context' },
  inProgram(1, 'import_record', '0x56361e8c65e4', RSP + 0x20n, 79, { trust: 'callTarget' }),
  inProgram(2, 'next_record', '0x56361e8c6650', RSP + 0x50n, 86, { inlined: true }),
  inProgram(3, 'import_all', '0x56361e8c6650', RSP + 0x50n, 88),
  inProgram(4, 'main', '0x56361e8c6240', RSP + 0x90n, 131),
  {
    index: 5,
    frame: 4,
    pc: '0x7f9ec884524a',
    cfa: hex(RSP + 0x130n),
    function: '__libc_start_call_main',
    offset: '0x7a',
    module: LIBC,
    trust: 'cfi',
  },
  { index: 6, frame: 5, pc: '0x7f9ec8845305', cfa: hex(RSP + 0x190n), module: LIBC, offset: '0x27305', trust: 'scan' },
];

export const raceRejected: Readonly<Record<number, readonly string[]>> = {
  6: ['cfi: no unwind information covers 0x7f9ec8845305'],
};

export const raceModules: readonly ModuleRow[] = [
  {
    path: PROGRAM,
    start: '0x56361e8c5000',
    end: '0x56361e8ca000',
    buildId: 'df9b0881',
    binary: '/tmp/race',
    binaryStatus: 'matched',
    symbols: 'debug',
  },
  { path: LIBC, start: '0x7f9ec881e000', end: '0x7f9ec89f3000', binaryStatus: 'missing', symbols: 'none' },
];

export const raceSignalFrames: readonly SignalFrameReport[] = [
  {
    address: STALE_AT,
    active: false,
    signal: 12,
    siginfo: { number: 12, name: 'SIGUSR2', code: 0, codeName: 'SI_USER', sender: { pid: 1, uid: 0 } },
    rip: '0x7f9ec8b453d4',
    registers: { rip: '0x7f9ec8b453d4', rsp: '0x7ffe324c56b0' },
    trapno: 1,
    err: '0x0',
    cr2: '0x0',
    sigmask: '0x0',
    fpstate: '0x7ffe324c4a80',
    symbol: '_Ux86_64_setcontext+0x52',
  },
];

/** Registers at a frame counted without inline entries. */
export function raceRegisters(frame: number): RegistersAnswer {
  const stackPointers = [RSP, RSP, RSP + 0x20n, RSP + 0x50n, RSP + 0x90n, RSP + 0x130n];
  const pcs = ['0x0', '0x56361e8c65e4', '0x56361e8c6650', '0x56361e8c6240', '0x7f9ec884524a', '0x7f9ec8845305'];
  const value = (name: string, known: string | undefined, kind: RegisterValue['kind'], text = ''): RegisterValue => ({
    name,
    ...(known === undefined ? {} : { value: known }),
    text,
    kind,
    changed: false,
  });
  const innermost = frame === 0;
  const rsp = stackPointers[frame];
  return {
    general: [
      value('rip', pcs[frame], innermost ? 'zero' : 'code'),
      value('rsp', rsp === undefined ? undefined : hex(rsp), 'stack', 'stack'),
      value('rbp', '0x19e', 'number', '414'),
      value('rax', innermost ? '0x563625443f10' : undefined, 'heap', innermost ? 'heap' : ''),
      value('rbx', '0x4', 'number', '4'),
      value('rflags', innermost ? '0x10246' : undefined, 'number'),
      value('cs', innermost ? '0x33' : undefined, 'number'),
      value('fs_base', innermost ? '0x7f9ec8a2c740' : undefined, 'mapped'),
    ],
    vectors: innermost
      ? [
          { name: 'ymm0', bytes: '0000803f' + '00'.repeat(20) + 'feffffffffffffff', initial: false },
          { name: 'ymm1', bytes: '00'.repeat(32), initial: true },
        ]
      : [],
    ...(innermost ? { flags: ['PF', 'ZF', 'IF', 'RF'] } : {}),
    components: innermost
      ? [
          {
            name: 'x87',
            state: 'saved',
            text: '',
            registers: [
              { name: 'fctrl', value: '0x37f', text: '' },
              { name: 'st0', value: '0x4000c90fdaa22168c235', text: '3.14159265358979323851' },
            ],
          },
          {
            name: 'opmask',
            state: 'initial',
            text: 'never written',
            registers: [{ name: 'k0', value: '0x0', text: '' }],
          },
          { name: 'PKRU', state: 'not-saved', text: 'the core has no place for it', registers: [] },
        ]
      : [],
    vectorState: innermost ? 'saved' : 'not known in callers',
  };
}

export const LOWEST_SLOT = -600;
export const HIGHEST_SLOT = 300;

/** One word of the stack; every eighth one is not in the core. */
export function raceSlot(index: number): Slot {
  const address = hex(RSP + BigInt(index) * 8n);
  const region = index >= 0 ? 'live' : index >= -16 ? 'redZone' : 'dead';
  if (index % 8 === 5) return { index, address, kind: 'absent', text: 'not in the core', region };
  if (index === 3) {
    const text = 'return address into import_all+0x44';
    return {
      index,
      address,
      value: '0x56361e8c6650',
      kind: 'returnAddress',
      text,
      region,
      remark: 'after a direct call',
    };
  }
  return { index, address, value: hex(index + 1000), kind: 'number', text: `${index + 1000}`, region };
}

/** One-byte instructions from 0x56361e8c6000 to 0x56361e8c7000, in a function every 64 bytes; nothing elsewhere. */
export function raceDisassembly({ address, before, count }: QueryParams<'disassemble'>): DisassemblyAnswer {
  const pc = BigInt(address);
  const isCode = (at: bigint): boolean => at >= 0x56361e8c6000n && at < 0x56361e8c7000n;
  if (!isCode(pc)) {
    const absent = { address, length: 1, bytes: '', text: 'nothing is mapped here', kind: 'absent' } as const;
    return { items: count > 0 ? [absent] : [], at: 0 };
  }
  const items: InstructionRow[] = [];
  for (let at = pc - BigInt(before); at < pc + BigInt(count); at++) {
    if (!isCode(at)) continue;
    items.push({
      address: hex(at),
      length: 1,
      bytes: '90',
      text: 'nop',
      kind: 'instruction',
      symbol: `f${(at & 0xfffn) / 64n}`,
      offset: hex(at % 64n),
      file: '/build/src/race.cc',
      line: Number((at & 0xfffn) / 16n) + 1,
      ...(at === pc - 1n ? { current: true } : {}),
    });
  }
  return { items, at: items.filter((row) => BigInt(row.address) < pc).length };
}

/** Two hits of the word 0x1234 in one mapping, and none of anything else. */
export function raceSearch({ what, from, count }: QueryParams<'search'>): SearchAnswer {
  const mapping = {
    start: '0x7ffe324c0000',
    end: '0x7ffe324d0000',
    permissions: 'rw-',
    dumped: '0x10000',
    role: 'stack',
  };
  const hits = ['0x7ffe324c5000', '0x7ffe324c5008'].map((address, slot) => ({
    address,
    mapping: mapping.start,
    thread: RACE_TID,
    slot,
    value: '0x1234',
  }));
  const found = what.kind === 'word' && what.value === '0x1234' ? hits : [];
  return {
    total: found.length,
    from,
    items: found.slice(from, from + count),
    groups: found.length === 0 ? [] : [{ mapping, first: 0, count: found.length }],
    kept: found.length,
    searched: '0x10000',
    notThere: '0x0',
  };
}
