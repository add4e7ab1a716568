/** Linux signal numbers of x86-64 and aarch64 (asm-generic/signal.h). */
const NAMES: readonly string[] = [
  '',
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGUSR1',
  'SIGSEGV',
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGTERM',
  'SIGSTKFLT',
  'SIGCHLD',
  'SIGCONT',
  'SIGSTOP',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGVTALRM',
  'SIGPROF',
  'SIGWINCH',
  'SIGIO',
  'SIGPWR',
  'SIGSYS',
];

export const SIGILL = 4;
export const SIGTRAP = 5;
export const SIGABRT = 6;
export const SIGBUS = 7;
export const SIGFPE = 8;
export const SIGSEGV = 11;
export const SIGSYS = 31;

/** `SIGSEGV`, `SIGRT3` for real-time signals, `signal 70` for numbers that mean nothing. */
export function signalName(signal: number): string {
  const known = NAMES[signal];
  if (known !== undefined && known !== '') return known;
  return signal >= 34 && signal <= 64 ? `SIGRT${signal - 34}` : `signal ${signal}`;
}

/** Codes that mean the same for every signal (include/uapi/asm-generic/siginfo.h). */
const COMMON_CODES: ReadonlyMap<number, string> = new Map([
  [0, 'SI_USER'],
  [0x80, 'SI_KERNEL'],
  [-1, 'SI_QUEUE'],
  [-2, 'SI_TIMER'],
  [-3, 'SI_MESGQ'],
  [-4, 'SI_ASYNCIO'],
  [-5, 'SI_SIGIO'],
  [-6, 'SI_TKILL'],
  [-7, 'SI_DETHREAD'],
]);

const CODES: ReadonlyMap<number, readonly string[]> = new Map([
  [
    SIGILL,
    ['ILL_ILLOPC', 'ILL_ILLOPN', 'ILL_ILLADR', 'ILL_ILLTRP', 'ILL_PRVOPC', 'ILL_PRVREG', 'ILL_COPROC', 'ILL_BADSTK'],
  ],
  [SIGTRAP, ['TRAP_BRKPT', 'TRAP_TRACE', 'TRAP_BRANCH', 'TRAP_HWBKPT', 'TRAP_UNK', 'TRAP_PERF']],
  [SIGBUS, ['BUS_ADRALN', 'BUS_ADRERR', 'BUS_OBJERR', 'BUS_MCEERR_AR', 'BUS_MCEERR_AO']],
  [
    SIGFPE,
    ['FPE_INTDIV', 'FPE_INTOVF', 'FPE_FLTDIV', 'FPE_FLTOVF', 'FPE_FLTUND', 'FPE_FLTRES', 'FPE_FLTINV', 'FPE_FLTSUB'],
  ],
  [
    SIGSEGV,
    [
      'SEGV_MAPERR',
      'SEGV_ACCERR',
      'SEGV_BNDERR',
      'SEGV_PKUERR',
      'SEGV_ACCADI',
      'SEGV_ADIDERR',
      'SEGV_ADIPERR',
      'SEGV_MTEAERR',
      'SEGV_MTESERR',
      'SEGV_CPERR',
    ],
  ],
  [SIGSYS, ['SYS_SECCOMP', 'SYS_USER_DISPATCH']],
]);

/** The name of si_code for a signal; `undefined` for codes without one. */
export function codeName(signal: number, code: number): string | undefined {
  return COMMON_CODES.get(code) ?? CODES.get(signal)?.[code - 1];
}

/** Whether si_addr is meaningful: a fault that the processor reported, not a signal that somebody sent. */
export function carriesAddress(signal: number, code: number): boolean {
  const isFault =
    signal === SIGSEGV || signal === SIGBUS || signal === SIGILL || signal === SIGFPE || signal === SIGTRAP;
  return isFault && code > 0;
}

/** Whether si_pid and si_uid are meaningful: sent by kill, sigqueue or tgkill. */
export function carriesSender(code: number): boolean {
  return code === 0 || code === -1 || code === -6;
}
