import type { CoreRow } from '../../shared/report.js';
import { sighted, type WatchState } from './watchState.js';

/**
 * What is news about a crash:
 * - `new-signature`: nothing like it was seen before
 * - `signature-back`: known, and not seen for a while
 * - `signature-again`: known, and seen lately
 * - `host-again`: the machine has crashed before, whatever the signature
 * - `unreadable`: it could not be read
 */
export type News = 'new-signature' | 'signature-back' | 'signature-again' | 'host-again' | 'unreadable';

/** One crash that arrived. */
export interface WatchEvent {
  readonly schema: 1;
  readonly news: readonly News[];
  /** One line for people. */
  readonly text: string;
  /** Crashes with this signature so far, with this one. */
  readonly signatureCount?: number;
  /** ISO 8601: when the signature was seen before this. */
  readonly signatureLast?: string;
  readonly hostCount?: number;
  readonly row: CoreRow;
}

/**
 * Remembers a crash, and says what is new about it.
 *
 * @param backAfter milliseconds without a signature after which it is back
 * @param now milliseconds since 1970: when it was found
 */
export function learn(row: CoreRow, state: WatchState, backAfter: number, now: number): WatchEvent {
  const { signature, host } = row;
  const news: News[] = [];
  if (row.status === 'unreadable') news.push('unreadable');
  const known = signature === undefined ? undefined : state.signatures[signature];
  if (signature !== undefined) {
    if (known === undefined) news.push('new-signature');
    else news.push(now - known.last > backAfter ? 'signature-back' : 'signature-again');
    state.signatures[signature] = sighted(known, now);
  }
  const knownHost = host === undefined ? undefined : state.hosts[host];
  if (host !== undefined) {
    if (knownHost !== undefined) news.push('host-again');
    state.hosts[host] = sighted(knownHost, now);
  }
  return {
    schema: 1,
    news,
    text: inWords(news, row, known?.count ?? 0, knownHost?.count ?? 0),
    ...(signature === undefined ? {} : { signatureCount: (known?.count ?? 0) + 1 }),
    ...(known === undefined ? {} : { signatureLast: new Date(known.last).toISOString() }),
    ...(host === undefined ? {} : { hostCount: (knownHost?.count ?? 0) + 1 }),
    row,
  };
}

function inWords(news: readonly News[], row: CoreRow, before: number, hostBefore: number): string {
  const parts = news.map((item) => {
    switch (item) {
      case 'new-signature':
        return 'new signature';
      case 'signature-back':
        return `known signature is back (seen ${times(before)} before)`;
      case 'signature-again':
        return `known signature again (seen ${times(before)} before)`;
      case 'host-again':
        return `this host again: ${row.host ?? ''} (crashed ${times(hostBefore)} before)`;
      case 'unreadable':
        return `cannot be read: ${row.problems[0]?.message ?? 'no reason is known'}`;
    }
  });
  const what = row.signature === undefined ? '' : `: ${row.label ?? ''} / ${row.signature}`;
  return `${parts.join('; ')}${what} (${row.source})`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
