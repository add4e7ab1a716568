import { createHmac } from 'node:crypto';
import type { HttpCall } from './httpExchange.js';

/**
 * The Authorization header for a request without a body ("Authorize with Shared Key", Blob service, versions from 2015-02-21 on).
 * The headers must hold `x-ms-date` and `x-ms-version`.
 */
export function sharedKeyAuthorization(call: HttpCall, account: string, key: string): string {
  const header = (name: string): string => call.headers[name] ?? '';
  const own = Object.keys(call.headers)
    .filter((name) => name.startsWith('x-ms-'))
    .sort()
    .map((name) => `${name}:${header(name).trim().replace(/\s+/g, ' ')}\n`);
  const query = [...call.url.searchParams].map(([name, value]) => `\n${name.toLowerCase()}:${value}`).sort();
  const text = [
    call.method,
    '', // Content-Encoding
    '', // Content-Language
    '', // Content-Length: empty for none
    '', // Content-MD5
    '', // Content-Type
    '', // Date: in x-ms-date
    header('if-modified-since'),
    header('if-match'),
    header('if-none-match'),
    header('if-unmodified-since'),
    header('range'),
    `${own.join('')}/${account}${call.url.pathname}${query.join('')}`,
  ].join('\n');
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(text, 'utf8').digest('base64');
  return `SharedKey ${account}:${signature}`;
}
