import type { ByteSource } from '../../engine/base/byteSource.js';
import { ArchiveError, type ArchiveMember, MOST_MEMBERS } from './archiveMember.js';
import { rangeSource } from './rangeSource.js';

const BLOCK = 512;
const LONGEST_NAME = 1 << 20;

/**
 * The files in a tar archive: ustar with the long names of GNU tar and pax (POSIX.1-2017, pax). Files that were packed with their holes
 * left out are listed, but cannot be opened.
 *
 * @throws ArchiveError when it does not begin like one
 */
export function* tarMembers(source: ByteSource): Generator<ArchiveMember> {
  let pax: ReadonlyMap<string, string> = new Map();
  let longName: string | undefined;
  let count = 0;
  for (let at = 0; ;) {
    const { bytes } = source.read(BigInt(at), BLOCK);
    if (bytes.length < BLOCK || bytes.every((byte) => byte === 0)) return;
    const header = bytes.slice();
    if (!isHeader(header)) {
      if (at === 0) throw new ArchiveError('it does not begin like a tar archive');
      return;
    }
    const size = Number(pax.get('size') ?? numberAt(header, 124, 12));
    const data = at + BLOCK;
    if (!Number.isSafeInteger(size) || size < 0) throw new ArchiveError(`the member at byte ${at} has no size`);
    at = data + Math.ceil(size / BLOCK) * BLOCK;
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === 'x' || type === 'g' || type === 'L') {
      const text = Buffer.from(source.read(BigInt(data), Math.min(size, LONGEST_NAME)).bytes).toString('utf8');
      if (type === 'x') pax = paxRecords(text);
      else if (type === 'L') longName = text.replace(/\0.*$/s, '');
      continue;
    }
    const name = pax.get('path') ?? longName ?? ustarName(header);
    const sparse = type === 'S' || [...pax.keys()].some((key) => key.startsWith('GNU.sparse'));
    const modified = numberAt(header, 136, 12) * 1000;
    pax = new Map();
    longName = undefined;
    if (type !== '0' && type !== '\0' && type !== '7' && type !== 'S') continue;
    if (++count > MOST_MEMBERS) throw new ArchiveError('it has too many members');
    yield {
      name,
      size,
      ...(Number.isNaN(modified) ? {} : { modified }),
      source: () => {
        if (sparse)
          throw new ArchiveError(
            'the member was packed with its holes left out, which cannot be read in place: unpack the archive',
          );
        return rangeSource(source, data, size);
      },
    };
  }
}

/** Whether the first bytes are those of a tar archive. */
export function isTar(bytes: Uint8Array): boolean {
  return bytes.length >= BLOCK && isHeader(bytes);
}

/** By its checksum, since archives older than ustar have no magic. */
function isHeader(header: Uint8Array): boolean {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : (header[i] ?? 0);
  return sum === numberAt(header, 148, 8);
}

/** Octal digits, or, for what is too large for them, base 256 (GNU). */
function numberAt(header: Uint8Array, at: number, length: number): number {
  if (((header[at] ?? 0) & 0x80) !== 0) {
    let value = (header[at] ?? 0) & 0x7f;
    for (let i = 1; i < length; i++) value = value * 256 + (header[at + i] ?? 0);
    return value;
  }
  const text = textAt(header, at, length).trim();
  return /^[0-7]+$/.test(text) ? parseInt(text, 8) : Number.NaN;
}

function ustarName(header: Uint8Array): string {
  const prefix = textAt(header, 257, 5) === 'ustar' && header[262] === 0 ? textAt(header, 345, 155) : '';
  const name = textAt(header, 0, 100);
  return prefix === '' ? name : `${prefix}/${name}`;
}

function textAt(header: Uint8Array, at: number, length: number): string {
  return Buffer.from(header.subarray(at, at + length))
    .toString('utf8')
    .replace(/\0.*$/s, '');
}

/** Records of `LENGTH KEY=VALUE\n`. */
function paxRecords(text: string): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (const [, key = '', value = ''] of text.matchAll(/^\d+ ([^=\n]+)=(.*)$/gm)) records.set(key, value);
  return records;
}
