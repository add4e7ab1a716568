import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

const PIECE = 1 << 20;

/** Pieces of text of a file, in order, never cut inside a character. */
export function* textPieces(path: string): Generator<string> {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(PIECE);
    const decoder = new StringDecoder('utf8');
    let first = true;
    for (;;) {
      const length = readSync(descriptor, bytes, 0, PIECE, null);
      if (length === 0) break;
      let text = decoder.write(bytes.subarray(0, length));
      if (first && text.startsWith('\ufeff')) text = text.slice(1);
      first = false;
      yield text;
    }
    yield decoder.end();
  } finally {
    closeSync(descriptor);
  }
}
