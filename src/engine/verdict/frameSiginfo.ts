import type { SignalFrame } from '../arch/architecture.js';
import { decodeSiginfo, type Siginfo } from '../core/siginfo.js';
import { DIVIDE, TRAPS_OF_SIGNALS } from './processorTraps.js';

/** The siginfo of a frame, if its bytes are one: a known signal, no errno, a code that belongs to it. */
export function siginfoOf(frame: SignalFrame): Siginfo | undefined {
  const siginfo = decodeSiginfo(frame.siginfo, true, true);
  return siginfo !== undefined && siginfo.errno === 0 && siginfo.codeName !== undefined ? siginfo : undefined;
}

/**
 * The frames of running handlers, without what stands in the place of siginfo but is none: for a handler that was installed without SA_SIGINFO
 * the kernel writes none there (x64_setup_rt_frame), and what lay on the stack before can look like one.
 *
 * @param active the innermost first
 * @param blocked signals that the thread has blocked now, bit n-1 for signal n
 */
export function withoutLeftovers(active: readonly SignalFrame[], blocked: bigint): readonly SignalFrame[] {
  return active.map((frame, index) =>
    isLeftover(frame, active[index - 1]?.signalMask ?? blocked)
      ? { ...frame, siginfo: new Uint8Array(frame.siginfo.length) }
      : frame,
  );
}

/**
 * The signal whose handler runs on a frame, where no siginfo tells it: the one that is blocked while it runs and was not before (man 2
 * sigaction).
 *
 * @param active the innermost first
 * @param blocked signals that the thread has blocked now
 * @param forced the fault that ended the process in the innermost handler; where its signal was blocked, the kernel unblocked it
 *   (force_sig_info_to_task)
 */
export function handledSignal(
  active: readonly SignalFrame[],
  index: number,
  blocked: bigint,
  forced?: number,
): number | undefined {
  const frame = active[index];
  if (frame === undefined) return undefined;
  const added = BigInt.asUintN(64, (active[index - 1]?.signalMask ?? blocked) & ~frame.signalMask);
  if (added === 0n && index === 0 && forced !== undefined)
    return (frame.signalMask & (1n << BigInt(forced - 1))) === 0n ? forced : undefined;
  return only(added);
}

/** The one signal in a set, if there is just one. */
function only(signals: bigint): number | undefined {
  const number = signals.toString(2).length;
  return signals !== 0n && signals === 1n << BigInt(number - 1) ? number : undefined;
}

/**
 * A handler runs with its signal blocked, as a rule; and the kernel clears what its own siginfo does not fill (copy_siginfo_to_user, since
 * 4.20). Bytes that speak of another signal and are followed by others are neither. The siginfo of an earlier handler at the same place, as on an
 * alternate stack, is cleared as well: there the frame's trap tells, which is one of the very signal that is blocked.
 *
 * @param during signals that were blocked while the handler ran
 */
function isLeftover(frame: SignalFrame, during: bigint): boolean {
  const told = siginfoOf(frame);
  const added = BigInt.asUintN(64, during & ~frame.signalMask);
  if (told === undefined || added === 0n || (added & (1n << BigInt(told.number - 1))) !== 0n) return false;
  const handled = only(added);
  const traps = handled === undefined ? undefined : TRAPS_OF_SIGNALS.get(handled);
  // A number of 0 is what a thread has that never trapped.
  const trapped = frame.trapNumber !== DIVIDE && traps?.includes(frame.trapNumber) === true;
  return trapped || !isCleared(frame);
}

/** Whether nothing lies behind what the kernel's own siginfo fills, as where a kernel since 4.20 wrote it. */
export function isCleared(frame: SignalFrame): boolean {
  return frame.siginfo.subarray(KERNEL_SIGINFO).every((byte) => byte === 0);
}

/** sizeof(struct kernel_siginfo). */
const KERNEL_SIGINFO = 48;
