import { SIGABRT } from '../../core/signals.js';
import { lookupAddress } from '../../unwind/stackFrame.js';
import { walkStack } from '../../unwind/stackwalker.js';
import type { Evidence } from '../evidence.js';
import type { Finding } from '../finding.js';
import { nameOf, type RuleContext } from '../ruleContext.js';
import { isInSendingCall } from '../sendingCall.js';
import { causeOnStack } from './abortCauses.js';

const RULE = 'signal';
const SI_TKILL = -6;

/**
 * SIGABRT aimed at this thread from within the process, while it was doing something else than sending signals: another thread sent it, as
 * one does that waits for progress in vain.
 */
export function sentByOtherThread(rule: RuleContext): Finding | undefined {
  const { signal, from } = rule.crash;
  if (signal?.number !== SIGABRT || signal.code !== SI_TKILL || from !== 'thread') return undefined;
  if (signal.sender === undefined || signal.sender.pid !== rule.core.process?.pid) return undefined;
  if (isInSendingCall(rule) !== false) return undefined;
  if (rule.core.threads.length < 2) return undefined;
  const watcher = watchingThread(rule);
  const evidence: Evidence[] = [
    {
      rule: RULE,
      text: 'SIGABRT was sent to this very thread from within the process, and the thread was in no system call that sends signals',
      weight: 0.7,
      refs: [],
    },
    ...(watcher === undefined ? [] : [{ rule: RULE, text: watcher, weight: 0.5, refs: [] }]),
  ];
  return {
    label: 'other',
    kind: 'watchdog',
    confidence: watcher === undefined ? 0.78 : 0.92,
    account: `Another thread of the process ended it by SIGABRT to this one, which was in ${nameOf(rule, rule.pc)} and did nothing to that end itself.`,
    evidence,
    missing: watcher === undefined ? ['which thread sent it is not told by the core'] : [],
  };
}

/** Threads, and frames of each, that are looked through. */
const THREADS = 64;
const FRAMES = 12;

/** A thread in a function that by its name watches over others. */
function watchingThread(rule: RuleContext): string | undefined {
  for (const thread of rule.core.threads.slice(0, THREADS)) {
    if (thread === rule.crash.thread) continue;
    const { frames } = walkStack(rule.unwind, thread.registers, { limit: FRAMES });
    const named = frames.map((frame) => rule.symbolizer.locate(lookupAddress(frame)).function ?? '');
    const found = causeOnStack(named);
    if (found?.cause.kind === 'watchdog') return `thread ${thread.tid} is in ${named[found.index] ?? ''}`;
  }
  return undefined;
}
