import { type ByteSource, bytesSource } from '../../engine/base/byteSource.js';
import { ArchiveError, type ArchiveMember, MOST_MEMBERS } from './archiveMember.js';
import { joinedSource, rangeSource } from './rangeSource.js';

const END = 0x06054b50;
const END64 = 0x06064b50;
const END64_LOCATOR = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_SIZE = 22;
const LONGEST_COMMENT = 0xffff;
const LARGEST_DIRECTORY = 256 << 20;

/**
 * The members of a zip file, as its central directory lists them (APPNOTE.TXT, with ZIP64).
 *
 * @throws ArchiveError
 */
export function zipMembers(source: ByteSource): ArchiveMember[] {
  const { offset, size } = directoryOf(source);
  if (size > LARGEST_DIRECTORY) throw new ArchiveError('its directory is too large');
  const bytes = exactly(source, offset, size, 'its directory is cut');
  const view = viewOf(bytes);
  const members: ArchiveMember[] = [];
  for (let at = 0; at + 46 <= bytes.length && view.getUint32(at, true) === CENTRAL;) {
    if (members.length >= MOST_MEMBERS) throw new ArchiveError('it has too many members');
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ];
    const nameAt = at + 46;
    const name = Buffer.from(bytes.buffer, bytes.byteOffset + nameAt, nameLength).toString('utf8');
    const entry = {
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      header: view.getUint32(at + 42, true),
    };
    zip64(view, nameAt + nameLength, extraLength, entry);
    const modified = dosTime(view.getUint16(at + 14, true), view.getUint16(at + 12, true));
    if (!name.endsWith('/'))
      members.push({
        name,
        size: entry.packed,
        ...(modified === undefined ? {} : { modified }),
        source: () => contents(source, entry),
      });
    at = nameAt + nameLength + extraLength + commentLength;
  }
  return members;
}

interface Entry {
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  packed: number;
  size: number;
  header: number;
}

function directoryOf(source: ByteSource): { offset: number; size: number } {
  const length = Number(source.size);
  const tail = Math.min(length, END_SIZE + LONGEST_COMMENT);
  const bytes = exactly(source, length - tail, tail, 'its end cannot be read');
  const view = viewOf(bytes);
  for (let at = tail - END_SIZE; at >= 0; at--) {
    if (view.getUint32(at, true) !== END) continue;
    const small = { offset: view.getUint32(at + 16, true), size: view.getUint32(at + 12, true) };
    if (small.offset !== 0xffffffff && small.size !== 0xffffffff) return small;
    if (at < 20 || view.getUint32(at - 20, true) !== END64_LOCATOR)
      throw new ArchiveError('its ZIP64 directory is missing');
    const record = exactly(source, Number(view.getBigUint64(at - 12, true)), 56, 'its ZIP64 directory is cut');
    const end = viewOf(record);
    if (end.getUint32(0, true) !== END64) throw new ArchiveError('its ZIP64 directory is damaged');
    return { size: Number(end.getBigUint64(40, true)), offset: Number(end.getBigUint64(48, true)) };
  }
  throw new ArchiveError('it has no directory at its end; was it uploaded whole?');
}

/** Values that do not fit stand in an extra field, those that do are left out of it. */
function zip64(view: DataView, from: number, length: number, entry: Entry): void {
  for (let at = from; at + 4 <= from + length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let field = at + 4;
    for (const key of ['size', 'packed', 'header'] as const) {
      if (entry[key] !== 0xffffffff || field + 8 > from + length) continue;
      entry[key] = Number(view.getBigUint64(field, true));
      field += 8;
    }
  }
}

const STORED = 0;
const DEFLATED = 8;

function contents(source: ByteSource, entry: Entry): ByteSource {
  if ((entry.flags & 1) !== 0) throw new ArchiveError('the member is encrypted');
  const header = exactly(source, entry.header, 30, 'the member is cut');
  const view = viewOf(header);
  if (view.getUint32(0, true) !== LOCAL) throw new ArchiveError('the member is not where the directory says');
  const data = rangeSource(
    source,
    entry.header + 30 + view.getUint16(26, true) + view.getUint16(28, true),
    entry.packed,
  );
  if (entry.method === STORED) return data;
  if (entry.method !== DEFLATED)
    throw new ArchiveError(`the member is packed by method ${entry.method}, which is not known`);
  // A gzip member is the same stream with a header before and two numbers behind (RFC 1952).
  const trailer = new Uint8Array(8);
  viewOf(trailer).setUint32(0, entry.crc, true);
  viewOf(trailer).setUint32(4, entry.size >>> 0, true);
  return joinedSource([bytesSource(GZIP_HEADER), data, bytesSource(trailer)]);
}

const GZIP_HEADER = new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** MS-DOS date and time, taken for UTC: the format names no zone. */
function dosTime(date: number, time: number): number | undefined {
  const milliseconds = Date.UTC(
    1980 + (date >> 9),
    ((date >> 5) & 15) - 1,
    date & 31,
    time >> 11,
    (time >> 5) & 63,
    2 * (time & 31),
  );
  return date === 0 || Number.isNaN(milliseconds) ? undefined : milliseconds;
}

function exactly(source: ByteSource, offset: number, length: number, otherwise: string): Uint8Array {
  if (offset < 0 || !Number.isSafeInteger(offset)) throw new ArchiveError(otherwise);
  const { bytes } = source.read(BigInt(offset), length);
  if (bytes.length < length) throw new ArchiveError(otherwise);
  return bytes;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
