import type { CoreSummary, RegistersAnswer, StackPage, ThreadRow, VerdictAnswer } from '../../../src/shared/queries.js';
import type { FrameRow, MappingRow, ModuleRow, SignalFrameReport } from '../../../src/shared/report.js';
import { raceSlots } from './raceSlots.js';

/**
 * A core as the unwinder race leaves it, written by hand: a thread of `ingest` threw, libunwind moved %rsp towards the landing pad,
 * a profiling signal came in between, and the target that was read next was zero.
 */
export const RSP = 0x7f2a4c1fef10n;

export const summary: CoreSummary = {
  source: '/var/lib/cores/ingest.7048.core',
  size: 315_392,
  bytesRead: 40_960,
  status: 'ok',
  problems: [],
  format: 'elf64-core',
  arch: 'x86_64',
  process: {
    pid: 7048,
    comm: 'ingest',
    args: '/srv/ingest/bin/ingest --workers 16 --profile=usr2 /data/updates',
    exe: '/srv/ingest/bin/ingest',
    buildId: '3f2a91c07db14e5fb0a6627a30d3e84c11d02b7e',
  },
  signal: { number: 11, name: 'SIGSEGV', code: 1, codeName: 'SEGV_MAPERR', faultAddress: '0x0' },
  crashedTid: 7055,
  threadCount: 17,
  time: '2025-05-02T03:14:07Z',
  host: 'phys-1049',
  memory: { mapped: '188743680', dumped: '181403648' },
};

export const verdict: VerdictAnswer = {
  label: 'return-to-null',
  kind: 'unwind-transfer-race',
  confidence: 0.97,
  address: 'null',
  title: 'Return to null: unwind-transfer race',
  account:
    'A signal was delivered while libunwind’s setcontext had already moved %rsp. The handler’s frame overwrote the saved target, and the final ret popped zero.',
  evidence: [
    {
      rule: 'stale-signal-frame',
      text: 'A stale SIGUSR2 frame at %rsp−3024 stopped at _Ux86_64_setcontext+0x52, inside the restore.',
      weight: 0.9,
      refs: [{ signalFrame: hex(RSP - 3024n) }],
    },
    {
      rule: 'popped-zero',
      text: 'rip is 0 and the word that was popped, [rsp−8], is 0; %rsp is 0 modulo 16, so the last transfer was a ret.',
      weight: 0.85,
      refs: [{ register: 'rip' }, { register: 'rsp' }, { slot: hex(RSP - 8n) }],
    },
    {
      rule: 'landing-pad',
      text: 'The frame at %rsp is updateDocument, whose catch landing pad the saved context was headed for.',
      weight: 0.7,
      refs: [{ frame: 1 }],
    },
    {
      rule: 'saved-rbp',
      text: '[rsp−16] holds the restored %rbp, as a setcontext that was nearly done leaves it.',
      weight: 0.4,
      refs: [{ slot: hex(RSP - 16n) }, { register: 'rbp' }],
    },
    {
      rule: 'zeroed-return-address',
      text: 'Nothing shows that the zero was not there before the signal: the slot lies below %rsp either way.',
      weight: -0.2,
      refs: [{ slot: hex(RSP - 8n) }],
    },
  ],
  missing: ['No debug file for libunwind.so.8: the line of setcontext was not checked.'],
  exception: { type: 'ingest::ParseError', what: 'unexpected end of document', landingPad: '0x55806ca3121f' },
  staleSignalFrames: [
    { address: hex(RSP - 3024n), signal: 12, rip: '0x7f2a4d0a3c52', symbol: '_Ux86_64_setcontext+0x52' },
  ],
  hypotheses: [
    { id: 'asReturned', registers: {}, why: 'the last transfer was a ret', score: 0.94, chosen: true, frames: [] },
    { id: 'asCalled', registers: {}, why: 'a call to 0', score: 0.11, chosen: false, frames: [] },
  ],
  signature: 'ret0|updateDocument|ingest_loop|worker_main',
};

export const threads: readonly ThreadRow[] = [
  { tid: 7055, name: 'ingest-w6', crashed: true, top: 'updateDocument' },
  { tid: 7048, name: 'ingest', crashed: false, top: '__futex_abstimed_wait_common' },
  ...Array.from({ length: 15 }, (_, i) => ({
    tid: 7049 + i + (i > 5 ? 1 : 0),
    name: `ingest-w${i + (i > 5 ? 1 : 0)}`,
    crashed: false,
    top: i % 4 === 3 ? 'epoll_wait' : '__futex_abstimed_wait_common',
  })),
];

const ingest = '/srv/ingest/bin/ingest';

export const frames: readonly FrameRow[] = [
  { index: 0, pc: '0x0', cfa: hex(RSP), trust: 'context' },
  frame(1, '0x55806ca3121f', 96n, 'updateDocument(Document&, Update const&)', 'document.cc', 214, '0x1cf', 'cfi'),
  {
    ...frame(
      2,
      '0x55806ca31b40',
      224n,
      'std::vector<Update>::operator[](unsigned long)',
      'stl_vector.h',
      1126,
      '0x40',
      'cfi',
    ),
    inlined: true,
  },
  frame(3, '0x55806ca31b40', 224n, 'ingest_loop(Queue&)', 'race.cc', 37, '0x1a2', 'cfi'),
  frame(4, '0x55806ca32077', 288n, 'worker_main(void*)', 'race.cc', 91, '0x47', 'framePointer'),
  {
    index: 5,
    pc: '0x7f2a4ce94ea7',
    cfa: hex(RSP + 432n),
    function: 'start_thread',
    module: '/lib/x86_64-linux-gnu/libc.so.6',
    offset: '0x2d7',
    trust: 'cfi',
  },
  {
    index: 6,
    pc: '0x7f2a4cf14def',
    cfa: hex(RSP + 448n),
    function: '__clone3',
    module: '/lib/x86_64-linux-gnu/libc.so.6',
    offset: '0x2f',
    trust: 'scan',
  },
];

export const stack: StackPage = {
  total: frames.length,
  from: 0,
  items: frames.map((row) => ({
    ...row,
    frame: row.index < 3 ? row.index : row.index - 1,
    start: frames.findLast(({ cfa, index }) => index < row.index && cfa !== row.cfa)?.cfa ?? hex(RSP),
  })),
  stop: 'outermost: __clone3 has an undefined return address',
  rejected: {
    4: ['cfi: no row covers 0x55806ca32077 in .eh_frame'],
    6: ['cfi: return address is undefined', 'framePointer: %rbp is 0'],
  },
};

export const signalFrames: readonly SignalFrameReport[] = [
  {
    address: hex(RSP - 3024n),
    active: false,
    signal: 12,
    siginfo: { number: 12, name: 'SIGUSR2', code: -6, codeName: 'SI_TKILL', sender: { pid: 7048, uid: 1001 } },
    rip: '0x7f2a4d0a3c52',
    registers: {
      rip: '0x7f2a4d0a3c52',
      rsp: hex(RSP - 16n),
      rbp: hex(RSP + 0x40n),
      rax: '0x0',
      rbx: '0x7f2a3c000b70',
      rcx: '0x55806ca3121f',
      rdx: '0x1',
      rsi: '0x7f2a4c1fe2a0',
      rdi: '0x7f2a4c1fe2a0',
      r8: '0x0',
      r9: '0x7f2a3c000020',
      r10: '0x8',
      r11: '0x246',
      r12: '0x55806ca98f30',
      r13: '0x2',
      r14: '0x0',
      r15: '0x7f2a4c1ffcd0',
      eflags: '0x10246',
    },
    trapno: 14,
    err: '0x4',
    cr2: '0x7f2a3c021000',
    sigmask: '0x800',
    fpstate: hex(RSP - 2584n),
    symbol: '_Ux86_64_setcontext+0x52',
  },
];

export const registers: RegistersAnswer = {
  general: [
    register('rip', '0x0', 'null: no code', 'zero'),
    register('rsp', hex(RSP), 'stack of thread 7055, frame 1', 'stack'),
    register('rbp', hex(RSP + 0x40n), 'stack of thread 7055, frame 1', 'stack'),
    register('rax', '0x1', '1', 'number'),
    register('rbx', '0x7f2a3c000b70', 'heap of thread 7055', 'heap'),
    register('rcx', '0x55806ca3121f', 'updateDocument+0x1cf, landing pad', 'code'),
    register('rdx', '0x1', '1', 'number'),
    register('rsi', '0x7f2a4c1fe2a0', 'stack of thread 7055, dead', 'stack'),
    register('rdi', '0x7f2a3c0012c0', 'heap: "unexpected end of d…"', 'string'),
    register('r8', '0x0', 'zero', 'zero'),
    register('r9', '0x7f2a3c000020', 'heap of thread 7055', 'heap'),
    register('r10', '0x8', '8', 'number'),
    register('r11', '0x246', '582', 'number'),
    register('r12', '0x55806ca98f30', 'ingest .data: g_queue', 'data'),
    register('r13', '0x2', '2', 'number'),
    register('r14', '0x0', 'zero', 'zero'),
    register('r15', '0x7f2a4c1ffcd0', 'stack of thread 7055', 'stack'),
    register('rflags', '0x10246', '', 'number'),
    register('fs_base', '0x7f2a4c1ff6c0', 'thread control block', 'mapped'),
    register('gs_base', '0x0', 'zero', 'zero'),
  ],
  flags: ['PF', 'ZF', 'IF', 'RF'],
  components: [
    {
      name: 'x87',
      state: 'saved',
      text: '',
      registers: [
        { name: 'st0', value: '0x4000c90fdaa22168c235', text: '3.14159265358979323851' },
        { name: 'st1', value: '0x0', text: 'empty (0)' },
        { name: 'fctrl', value: '0x37f', text: '64-bit precision; rounds to nearest; all exceptions masked' },
        { name: 'fstat', value: '0x3800', text: 'top 7' },
        { name: 'ftag', value: '0x3fff', text: '1 of 8 in use' },
        { name: 'fip', value: '0x55806ca31b40', text: 'updateDocument+0x10' },
      ],
    },
    {
      name: 'SSE',
      state: 'saved',
      text: '',
      registers: [{ name: 'mxcsr', value: '0x1f80', text: 'rounds to nearest; all exceptions masked' }],
    },
    { name: 'AVX', state: 'saved', text: '', registers: [] },
    {
      name: 'opmask',
      state: 'initial',
      text: 'all zero',
      registers: Array.from({ length: 8 }, (_, i) => ({ name: `k${i}`, value: '0x0', text: '' })),
    },
    { name: 'PKRU', state: 'not-saved', text: 'not enabled on the machine that wrote the core', registers: [] },
  ],
  vectors: Array.from({ length: 16 }, (_, i) => ({
    name: `ymm${i}`,
    bytes:
      i < 4
        ? Array.from({ length: 32 }, (_, byte) => ((byte * 7 + i * 16 + 1) & 0xff).toString(16).padStart(2, '0')).join(
            '',
          )
        : '00'.repeat(32),
    initial: i > 9,
  })),
  vectorState: 'saved',
};

export const mappings: readonly MappingRow[] = [
  mapping('0x55806ca00000', '0x55806ca31000', 'r--p', '4096', ingest),
  mapping('0x55806ca31000', '0x55806ca8f000', 'r-xp', '4096', ingest),
  mapping('0x55806ca98000', '0x55806ca9a000', 'rw-p', '8192', ingest),
  mapping('0x55806de01000', '0x55806de64000', 'rw-p', '405504', undefined, 'heap'),
  mapping('0x7f2a3c000000', '0x7f2a3c021000', 'rw-p', '135168'),
  mapping('0x7f2a4c1ff000', '0x7f2a4c200000', 'rw-p', '4096', undefined, 'thread stack'),
  mapping('0x7f2a4ce00000', '0x7f2a4cfd5000', 'r-xp', '0', '/lib/x86_64-linux-gnu/libc.so.6'),
  mapping('0x7f2a4d0a0000', '0x7f2a4d0b1000', 'r-xp', '4096', '/lib/x86_64-linux-gnu/libunwind.so.8.0.1'),
  mapping('0x7ffd3a5e1000', '0x7ffd3a602000', 'rw-p', '135168', undefined, 'stack'),
];

export const modules: readonly ModuleRow[] = [
  {
    path: ingest,
    start: '0x55806ca00000',
    end: '0x55806ca9a000',
    buildId: '3f2a91c0',
    binary: ingest,
    binaryStatus: 'matched',
    symbols: 'debug',
  },
  {
    path: '/lib/x86_64-linux-gnu/libc.so.6',
    start: '0x7f2a4ce00000',
    end: '0x7f2a4cfe0000',
    buildId: '82ce4e6e',
    binary: '/lib/x86_64-linux-gnu/libc.so.6',
    binaryStatus: 'mismatch',
    symbols: 'none',
  },
  {
    path: '/lib/x86_64-linux-gnu/libunwind.so.8.0.1',
    start: '0x7f2a4d0a0000',
    end: '0x7f2a4d0b9000',
    buildId: '91bc0a77',
    binaryStatus: 'missing',
    symbols: 'dynsym',
  },
];

export { raceSlots };

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

function frame(
  index: number,
  pc: string,
  cfa: bigint,
  name: string,
  file: string,
  line: number,
  offset: string,
  trust: FrameRow['trust'],
): FrameRow {
  return {
    index,
    pc,
    cfa: hex(RSP + cfa),
    function: name,
    file: `/srv/ingest/src/${file}`,
    line,
    module: ingest,
    offset,
    trust,
  };
}

function register(name: string, value: string, text: string, kind: RegistersAnswer['general'][number]['kind']) {
  return { name, value, text, kind, changed: false };
}

function mapping(
  start: string,
  end: string,
  permissions: string,
  dumped: string,
  path?: string,
  role?: string,
): MappingRow {
  return {
    start,
    end,
    permissions,
    dumped,
    ...(path === undefined ? {} : { path }),
    ...(role === undefined ? {} : { role }),
  };
}
