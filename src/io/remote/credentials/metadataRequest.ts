import { RemoteError } from '../remoteError.js';
import type { HttpCall } from '../httpExchange.js';
import { Requester } from '../requester.js';
import type { RetryPolicy } from '../retries.js';

/** Services beside a machine answer at once or not at all. */
const BRISK: RetryPolicy = { attempts: 3, backoff: 200, longestBackoff: 1000, idle: 3000, deadline: 10_000 };
const LARGEST_ANSWER = 256 * 1024;

/**
 * Asks a service that lends credentials, past any proxy. What it answers is never shown.
 *
 * @param who is named in errors
 * @throws RemoteError
 */
export async function credentialText(who: string, call: HttpCall): Promise<string> {
  const protocol = {
    authorize: (asked: HttpCall) => asked,
    explain: ({ status }: { readonly status: number }) => new RemoteError('no-permission', `it answered ${status}`),
  };
  const requester = new Requester(protocol, BRISK, 'direct');
  try {
    const { body } = await requester.whole(call, LARGEST_ANSWER, { requests: 0, bytes: 0 });
    return new TextDecoder().decode(body);
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    throw new RemoteError('no-permission', `${who} gave no credentials: ${error.message}`);
  }
}

/** @throws RemoteError */
export async function credentialJson(who: string, call: HttpCall): Promise<Readonly<Record<string, unknown>>> {
  const text = await credentialText(who, call);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Told below.
  }
  throw new RemoteError('no-permission', `${who} gave no credentials: its answer is no JSON object`);
}

/** @throws RemoteError when it is no address */
export function serviceUrl(who: string, address: string): URL {
  try {
    return new URL(address);
  } catch {
    throw new RemoteError('bad-address', `${who}: ${address} is no valid address`);
  }
}

/** A form's fields, as OAuth and STS take them. */
export function formCall(url: URL, fields: Readonly<Record<string, string>>): HttpCall {
  const body = new URLSearchParams(fields).toString();
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(Buffer.byteLength(body)),
  };
  return { method: 'POST', url, headers, body };
}
