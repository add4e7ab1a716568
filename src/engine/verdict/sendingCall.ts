import type { RuleContext } from './ruleContext.js';

/** Whether the crash's registers stand in a system call that sends signals; `undefined` where they do not tell which call it is. */
export function isInSendingCall(rule: RuleContext): boolean | undefined {
  const call = rule.crash.registers.get('orig_rax');
  return call === undefined ? undefined : SENDING.has(BigInt.asIntN(64, call));
}

/** kill, rt_sigqueueinfo, tkill, tgkill, rt_tgsigqueueinfo, pidfd_send_signal (asm/unistd_64.h). */
const SENDING: ReadonlySet<bigint> = new Set([62n, 129n, 200n, 234n, 297n, 424n]);
