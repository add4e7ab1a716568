import { crc32 } from 'node:zlib';
import { type CompressedInput, u32 } from './compressedInput.js';
import { SyncZlib } from './syncZlib.js';
import { StreamError } from './streamError.js';

/** What is lost at most before a damaged place. Deflate gives at most 1032 bytes for one: 4 KiB in are 4 MiB out at most. */
const STEP = 4 * 1024;

const [FTEXT_HCRC, FEXTRA, FNAME, FCOMMENT, RESERVED] = [0x02, 0x04, 0x08, 0x10, 0xe0];

/**
 * The decompressed pieces of a gzip file, member after member. What follows the last member and is none itself is ignored, as gzip
 * does. A piece is valid until the next is asked for.
 *
 * @throws StreamError where the stream ends too early or is damaged
 */
export function* gzipPieces(input: CompressedInput): Generator<Uint8Array, void> {
  for (let first = true; first || beginsMember(input.peek(2)); first = false) {
    memberHeader(input);
    yield* member(input);
  }
}

function beginsMember(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** RFC 1952, 2.3. */
function memberHeader(input: CompressedInput): void {
  const what = 'the head of a member';
  const start = input.position;
  const head = input.take(10, what);
  if (!beginsMember(head)) throw input.corrupt('no member begins where one should', start);
  const [method, flags] = [head[2] ?? 0, head[3] ?? 0];
  if (method !== 8) throw new StreamError('unsupported-stream', `compression method ${method}`, start);
  if ((flags & RESERVED) !== 0) throw input.corrupt('reserved flags are set in the head of a member', start);
  if ((flags & FEXTRA) !== 0) {
    const length = input.take(2, what);
    input.skip((length[0] ?? 0) | ((length[1] ?? 0) << 8), what);
  }
  if ((flags & FNAME) !== 0) skipText(input, what);
  if ((flags & FCOMMENT) !== 0) skipText(input, what);
  if ((flags & FTEXT_HCRC) !== 0) input.skip(2, what);
}

function skipText(input: CompressedInput, what: string): void {
  while (input.take(1, what)[0] !== 0);
}

function* member(input: CompressedInput): Generator<Uint8Array, void> {
  const inflate = new SyncZlib('inflateRaw');
  let sum = 0;
  let total = 0;
  try {
    for (;;) {
      const start = input.position;
      const bytes = input.available(STEP);
      if (bytes.length === 0) throw input.cut('inside a member');
      const step = inflate.decode(bytes);
      if (step.output.length > 0) {
        sum = crc32(step.output, sum);
        total = (total + step.output.length) >>> 0;
        yield step.output;
      }
      if (step.error !== undefined) throw input.corrupt(step.error, start);
      input.skip(step.consumed, 'a member');
      if (step.ended) break;
    }
  } finally {
    inflate.close();
  }
  const end = input.position;
  const trailer = input.take(8, 'the checksum of a member');
  if (u32(trailer) !== sum) throw input.corrupt('a member whose checksum does not match', end);
  if (u32(trailer, 4) !== total) throw input.corrupt('a member whose length does not match', end);
}
