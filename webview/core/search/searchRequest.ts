import type { SearchTarget } from '../../../src/shared/queries.js';
import { parseHex } from '../hex.js';

/** Ways to search, as the reader is offered them. */
export const SEARCH_KINDS = [
  { value: 'text', label: 'Text' },
  { value: 'bytes', label: 'Bytes' },
  { value: 'word', label: '8-byte word' },
  { value: 'pointersInto', label: 'Pointers into' },
  { value: 'repeated', label: 'Repeated words' },
] as const;

export type SearchKind = (typeof SEARCH_KINDS)[number]['value'];

/** What is typed for each kind. */
export const SEARCH_HINTS: Readonly<Record<SearchKind, string>> = {
  text: 'Text',
  bytes: 'de ad be ef',
  word: '0x7f2a4c1fef10',
  pointersInto: '0x7f2a4c1fe000-0x7f2a4c200000',
  repeated: 'Nothing to type',
};

/** @returns what to search for, or a sentence saying what should have been typed */
export function searchTarget(kind: SearchKind, typed: string): SearchTarget | string {
  const text = typed.trim();
  switch (kind) {
    case 'text':
      return typed === '' ? 'Type the text to look for.' : { kind, text: typed, encoding: 'any' };
    case 'bytes': {
      const bytes = text.replace(/\\x|0x|[\s,]/gi, '').toLowerCase();
      return /^([0-9a-f]{2})+$/.test(bytes)
        ? { kind, bytes }
        : 'Type bytes as pairs of hexadecimal digits: de ad be ef.';
    }
    case 'word': {
      const value = numberOf(text);
      return value === undefined ? 'Type a number: 0x7f2a4c1fef10 or 42.' : { kind, value: hex(value) };
    }
    case 'pointersInto': {
      const [first = '', last] = text.split(/\s*(?:-|\.\.|\s)\s*/);
      const start = numberOf(first);
      const end = last === undefined ? start && start + 8n : numberOf(last);
      if (start === undefined || end === undefined || end <= start)
        return 'Type a range, 0x7f2a4c1fe000-0x7f2a4c200000, or one address.';
      return { kind, start: hex(start), end: hex(end) };
    }
    case 'repeated':
      return { kind };
  }
}

function numberOf(text: string): bigint | undefined {
  const value = parseHex(text) ?? (/^\d+$/.test(text) ? BigInt(text) : undefined);
  return value === undefined || value >= 2n ** 64n ? undefined : value;
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
