import { Requester } from './requester.js';
import { RemoteError } from './remoteError.js';
import type { RetryPolicy } from './retries.js';

/**
 * Posts JSON to an address, again where an attempt fails in passing.
 *
 * @throws RemoteError, or the reason of the signal
 */
export async function postJson(
  address: string,
  value: unknown,
  policy?: RetryPolicy,
  signal?: AbortSignal,
): Promise<void> {
  let url;
  try {
    url = new URL(address);
  } catch {
    throw new RemoteError('bad-address', 'it is not a valid address');
  }
  const body = JSON.stringify(value);
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  const requester = new Requester({ authorize: (call) => call, explain: () => undefined }, policy);
  try {
    await requester.whole({ method: 'POST', url, headers, body }, LARGEST_ANSWER, { requests: 0, bytes: 0 }, signal);
  } finally {
    requester.close();
  }
}

const LARGEST_ANSWER = 64 * 1024;
