import { crc32 } from 'node:zlib';
import { type CompressedInput, u32 } from './compressedInput.js';
import { lzma2Pieces } from './lzma2.js';
import { StreamError } from './streamError.js';
import { CHECK_SIZES, type Check, checkOf } from './xzCheck.js';

const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
const FILTER_LZMA2 = 0x21;
/** `xz -9` needs 64 MiB. */
const LARGEST_DICTIONARY = 128 * 2 ** 20;

/**
 * The decompressed pieces of an xz file (https://tukaani.org/xz/xz-file-format.txt): streams one after the other, each of blocks. A
 * piece is valid until the next is asked for.
 *
 * @throws StreamError where the stream ends too early or is damaged
 */
export function* xzPieces(input: CompressedInput): Generator<Uint8Array, void> {
  for (let first = true; first || !input.atEnd; first = false) {
    const type = streamHeader(input);
    let blocks = 0;
    // A block's head begins with its size, the index with a zero.
    while (!isIndex(input)) {
      yield* block(input, type);
      blocks++;
    }
    index(input, blocks);
    streamFooter(input, type);
    // Padding between streams, in words.
    while (input.peek(4).length === 4 && u32(input.peek(4)) === 0) input.skip(4, 'padding');
  }
}

function isIndex(input: CompressedInput): boolean {
  const [byte] = input.peek(1);
  if (byte === undefined) throw input.cut('where a block or the index should begin');
  return byte === 0;
}

function streamHeader(input: CompressedInput): number {
  const place = input.position;
  const bytes = input.take(12, 'the head of a stream');
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) throw input.corrupt('no stream begins where one should', place);
  if (u32(bytes, 8) !== crc32(bytes.subarray(6, 8)))
    throw input.corrupt('the head of a stream, whose checksum does not match', place);
  const type = bytes[7] ?? 0;
  if (bytes[6] !== 0 || type > 15) throw new StreamError('unsupported-stream', 'unknown flags of a stream', place);
  return type;
}

function* block(input: CompressedInput, type: number): Generator<Uint8Array, void> {
  const place = input.position;
  const header = blockHeader(input);
  const start = input.position;
  const check: Check = checkOf(type);
  let total = 0;
  for (const piece of lzma2Pieces(input, header.dictionary)) {
    total += piece.length;
    check.update(piece);
    yield piece;
  }
  const packed = input.position - start;
  if (header.packed !== undefined && header.packed !== packed)
    throw input.corrupt('a block whose length differs from its head', place);
  if (header.unpacked !== undefined && header.unpacked !== total)
    throw input.corrupt(`a block of ${total} bytes that promised ${header.unpacked}`, place);
  input.skip((4 - (packed & 3)) & 3, 'a block');
  const stored = input.take(CHECK_SIZES[type] ?? 0, 'the checksum of a block');
  const expected = check.digest();
  if (expected?.some((byte, i) => stored[i] !== byte) === true)
    throw input.corrupt('a block whose checksum does not match', place);
}

interface BlockHeader {
  readonly dictionary: number;
  readonly packed: number | undefined;
  readonly unpacked: number | undefined;
}

function blockHeader(input: CompressedInput): BlockHeader {
  const place = input.position;
  const size = ((input.peek(1)[0] ?? 0) + 1) * 4;
  const bytes = input.take(size, 'the head of a block');
  if (u32(bytes, size - 4) !== crc32(bytes.subarray(0, size - 4)))
    throw input.corrupt('the head of a block, whose checksum does not match', place);
  const flags = bytes[1] ?? 0;
  let at = 2;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; shift < 63; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) return value;
    }
    throw input.corrupt('a number without an end in the head of a block', place);
  };
  const packed = (flags & 0x40) === 0 ? undefined : number();
  const unpacked = (flags & 0x80) === 0 ? undefined : number();
  const filter = number();
  const propertiesSize = number();
  const dictionaryCode = bytes[at] ?? 0;
  if ((flags & 0x3f) !== 0 || filter !== FILTER_LZMA2 || propertiesSize !== 1)
    throw new StreamError('unsupported-stream', 'a block with filters besides LZMA2; decompress the file first', place);
  if (dictionaryCode > 40) throw input.corrupt('a block with an impossible dictionary size', place);
  const dictionary =
    dictionaryCode === 40 ? 2 ** 32 : (2 | (dictionaryCode & 1)) * 2 ** (Math.floor(dictionaryCode / 2) + 11);
  if (dictionary > LARGEST_DICTIONARY)
    throw new StreamError(
      'unsupported-stream',
      `a block that needs ${Math.ceil(dictionary / 2 ** 20)} MiB of memory; decompress the file first`,
      place,
    );
  return { dictionary, packed, unpacked };
}

/** Blocks were read in order; of the index only its shape is of interest. */
function index(input: CompressedInput, blocks: number): void {
  const what = 'the index';
  const place = input.position;
  let sum = crc32(input.take(1, what));
  const number = (): number => {
    let value = 0;
    for (let shift = 0; shift < 63; shift += 7) {
      const bytes = input.take(1, what);
      sum = crc32(bytes, sum);
      value += ((bytes[0] ?? 0) & 0x7f) * 2 ** shift;
      if (((bytes[0] ?? 0) & 0x80) === 0) return value;
    }
    throw input.corrupt('a number without an end in the index', place);
  };
  const records = number();
  if (records !== blocks) throw input.corrupt(`an index of ${records} blocks where there are ${blocks}`, place);
  for (let i = 0; i < 2 * records; i++) number();
  while (((input.position - place) & 3) !== 0) sum = crc32(input.take(1, what), sum);
  if (u32(input.take(4, what)) !== sum) throw input.corrupt('an index whose checksum does not match', place);
}

function streamFooter(input: CompressedInput, type: number): void {
  const place = input.position;
  const bytes = input.take(12, 'the end of a stream');
  const sound = u32(bytes) === crc32(bytes.subarray(4, 10)) && bytes[10] === 0x59 && bytes[11] === 0x5a;
  if (!sound || bytes[9] !== type) throw input.corrupt('a damaged end of a stream', place);
}
