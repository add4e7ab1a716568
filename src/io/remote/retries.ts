/** How often and how patiently a request is tried again. */
export interface RetryPolicy {
  readonly attempts: number;
  /** Milliseconds before the second attempt; doubled before each further one, and spread at random so that many do not come at once. */
  readonly backoff: number;
  readonly longestBackoff: number;
  /** Milliseconds without a byte. */
  readonly idle: number;
  /** Milliseconds for one exchange. */
  readonly deadline: number;
}

export const PATIENT: RetryPolicy = {
  attempts: 5,
  backoff: 250,
  longestBackoff: 8000,
  idle: 20_000,
  deadline: 120_000,
};

/** @param attempt of those that failed, from 1; `retryAfter` in seconds, as the server asked */
export function pauseBefore(attempt: number, policy: RetryPolicy, retryAfter: string | undefined): number {
  const asked = Number(retryAfter) * 1000;
  const doubled = Math.min(policy.longestBackoff, policy.backoff * 2 ** (attempt - 1));
  const own = doubled * (0.5 + Math.random() / 2);
  return Number.isFinite(asked) && asked > own ? Math.min(asked, policy.longestBackoff) : own;
}

/** Rejects with the reason of `signal` when it fires. */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason instanceof Error ? signal.reason : new Error('cancelled'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

/** Answers that another attempt may change. */
export function isPassing(status: number): boolean {
  return status >= 500 || status === 429 || status === 408;
}
