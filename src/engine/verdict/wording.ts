import type { Finding } from './finding.js';

/**
 * An account says no more than its confidence allows: what is sure stands as it is, what is likely is called probable, and what is hardly
 * more than one reading of several is called possible. That something is unknown needs no such word.
 */
export function worded({ account, confidence, kind }: Pick<Finding, 'account' | 'confidence' | 'kind'>): string {
  if (kind === 'unknown' || confidence >= SURE) return account;
  return `${confidence >= LIKELY ? 'Probably' : 'Possibly'}: ${PLAIN_WORD.test(account) ? account.charAt(0).toLowerCase() + account.slice(1) : account}`;
}

/** From here on at least 99 of 100 verdicts are meant to be right. */
const SURE = 0.9;
const LIKELY = 0.7;

/** Words that begin with a capital only where a sentence does; names of functions and signals keep theirs. */
const PLAIN_WORD = /^(An?|The|Control|Execution|Nothing|One) /;
