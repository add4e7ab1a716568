import type { AddressClass, Kind, Label } from '../../shared/labels.js';

/** What is known of a crash where there is no core: some registers, and how the processor complained. */
export interface BareCrash {
  readonly registers: Readonly<Record<string, bigint>>;
  readonly signal?: number | undefined;
  /** si_code. */
  readonly code?: number | undefined;
  /** Of a 32-bit process: what is known of the alignment of stacks does not hold. */
  readonly narrow?: true | undefined;
  readonly faultAddress?: bigint | undefined;
  /** Error code of a page fault (Intel SDM 3A 4.7): bit 1 write, bit 4 instruction fetch. */
  readonly error?: bigint | undefined;
  /** Trap number: 14 page fault, 13 general protection... */
  readonly trap?: number | undefined;
  /** The words at rsp-8 and at rsp. */
  readonly popped?: bigint | undefined;
  readonly top?: bigint | undefined;
}

export interface BareVerdict {
  readonly label: Label;
  readonly kind: Kind;
  /** 0 to 1; lower than that of the same verdict on a core, where the stack and the code were read. */
  readonly confidence: number;
  readonly address?: AddressClass;
  readonly because: string;
}

const NEAR_NULL = 0x1000n;
const STACK_GUARD = 0x1_0000n;

/** The label that registers alone allow, in the order in which cores are judged. */
export function registersVerdict(crash: BareCrash): BareVerdict {
  const { rip, rsp } = crash.registers;
  if (rip === 0n) return atNull(crash, rsp);
  const address = crash.faultAddress;
  const fetch = crash.error !== undefined && (crash.error & 0x10n) !== 0n;
  if (
    rip !== undefined &&
    crash.popped === rip &&
    rsp !== undefined &&
    rsp % 16n === 8n &&
    crash.top !== undefined &&
    isStack(rip, rsp)
  )
    return {
      label: 'misaligned-stack',
      kind: 'rsp-shift',
      confidence: 0.75,
      because: 'the processor went to a stack address that was popped as a return address, and %rsp is 8 modulo 16',
    };
  // For an address that is none, the processor complains otherwise, and the kernel reports address 0.
  if (crash.signal === 11 && address === 0n && crash.trap === undefined && crash.code === undefined)
    return {
      label: 'other',
      kind: 'null-dereference',
      confidence: 0.5,
      address: 'null',
      because: 'an access to 0x0, or to an address that can be none, for which the kernel reports 0 too',
    };
  if (crash.trap === 14 || (crash.signal === 11 && crash.trap === undefined && address !== undefined))
    return pageFault(address ?? 0n, {
      rip,
      rsp,
      fetch,
      write: crash.error === undefined ? undefined : (crash.error & 2n) !== 0n,
    });
  return byTrap(crash);
}

/** Whoever went to address 0: a return has popped its word already, a call has pushed one. */
function atNull({ popped, top, narrow }: BareCrash, rsp: bigint | undefined): BareVerdict {
  const address = 'null' as const;
  if (narrow === true)
    return {
      label: 'other',
      kind: 'unknown',
      confidence: 0.3,
      address,
      because: 'execution at address 0 in a 32-bit process, by call or return',
    };
  if (rsp === undefined)
    return {
      label: 'other',
      kind: 'unknown',
      confidence: 0.3,
      address,
      because: 'execution at address 0, by call or return: %rsp is not in the log',
    };
  if (rsp % 16n === 0n) {
    if (popped !== undefined && popped !== 0n)
      return {
        label: 'other',
        kind: 'unknown',
        confidence: 0.4,
        address,
        because: 'execution at address 0, but the word below %rsp is not zero',
      };
    return {
      label: 'return-to-null',
      kind: 'zeroed-return-address',
      confidence: popped === 0n ? 0.8 : 0.6,
      address,
      because:
        popped === 0n
          ? 'execution at address 0 with %rsp 0 modulo 16, and the word that was popped is zero'
          : 'execution at address 0 with %rsp 0 modulo 16, as a return leaves it',
    };
  }
  const calls = top !== undefined && top > NEAR_NULL;
  return calls && popped !== 0n
    ? {
        label: 'other',
        kind: 'null-call',
        confidence: 0.55,
        address,
        because: 'execution at address 0 with %rsp 8 modulo 16 and an address on top of the stack, as a call leaves it',
      }
    : {
        label: 'other',
        kind: 'unknown',
        confidence: 0.35,
        address,
        because: 'execution at address 0 with %rsp 8 modulo 16: a call through null, or a return with %rsp off by 8',
      };
}

interface Fault {
  readonly rip: bigint | undefined;
  readonly rsp: bigint | undefined;
  readonly fetch: boolean;
  readonly write: boolean | undefined;
}

function pageFault(address: bigint, { rip, rsp, fetch, write }: Fault): BareVerdict {
  const what = address === 0n ? 'null' : address < NEAR_NULL ? 'near-null' : 'unmapped';
  if (fetch || (rip !== undefined && rip === address))
    return {
      label: 'other',
      kind: 'wild-jump',
      confidence: 0.7,
      address: what,
      because: 'an instruction was fetched from where there is none',
    };
  if (rsp !== undefined && address < rsp + 8n && rsp - address < STACK_GUARD && write !== false)
    return {
      label: 'other',
      kind: 'stack-overflow',
      confidence: 0.5,
      address: 'guard',
      because: 'a write right at %rsp, below all that is mapped of the stack',
    };
  if (address < NEAR_NULL)
    return {
      label: 'other',
      kind: 'null-dereference',
      confidence: 0.8,
      address: what,
      because: `an access to ${hexText(address)}`,
    };
  if (write === undefined)
    return {
      label: 'other',
      kind: 'unknown',
      confidence: 0.4,
      address: what,
      because: `an access to ${hexText(address)}`,
    };
  return {
    label: 'other',
    kind: write ? 'wild-write' : 'wild-read',
    confidence: 0.7,
    address: what,
    because: `a ${write ? 'write to' : 'read of'} ${hexText(address)}`,
  };
}

function byTrap({ trap, signal }: BareCrash): BareVerdict {
  const kind =
    (trap === undefined ? undefined : TRAPS.get(trap)) ?? (signal === undefined ? undefined : SIGNALS.get(signal));
  if (kind === undefined)
    return { label: 'other', kind: 'unknown', confidence: 0.3, because: 'the log says no more than that it crashed' };
  const [name, confidence, because] = kind;
  return { label: 'other', kind: name, confidence, because };
}

/** By what alone a kind may be claimed; a general protection fault has too many causes. */
const TRAPS: ReadonlyMap<number, readonly [Kind, number, string]> = new Map([
  [0, ['divide-error', 0.85, 'the trap was a divide error']],
  [3, ['breakpoint', 0.8, 'the trap was a breakpoint']],
  [6, ['illegal-instruction', 0.8, 'the trap was an invalid opcode']],
  [12, ['stack-pointer-wild', 0.75, 'the trap was a stack segment fault: %rsp or %rbp is no address']],
  [21, ['control-protection', 0.8, 'the trap was a control protection fault']],
]);

const SIGNALS: ReadonlyMap<number, readonly [Kind, number, string]> = new Map([
  [4, ['illegal-instruction', 0.6, 'the signal was SIGILL']],
  [5, ['breakpoint', 0.6, 'the signal was SIGTRAP']],
  [6, ['abort', 0.6, 'the signal was SIGABRT']],
  [7, ['bus-error', 0.5, 'the signal was SIGBUS']],
  [8, ['divide-error', 0.6, 'the signal was SIGFPE']],
  [31, ['seccomp', 0.6, 'the signal was SIGSYS']],
]);

function isStack(address: bigint, rsp: bigint): boolean {
  const distance = address > rsp ? address - rsp : rsp - address;
  return distance < 0x80_0000n;
}

function hexText(value: bigint): string {
  return `0x${value.toString(16)}`;
}
