import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { NotAFileError, openFileSource } from '../../../src/io/fileSource.js';

const folder = mkdtempSync(join(tmpdir(), 'redzone-file-source-'));
const bytes = Uint8Array.from({ length: 700_001 }, (_, i) => (i * 37 + (i >> 9)) & 0xff);
const file = join(folder, 'file');
writeFileSync(file, bytes);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a file read in pages', () => {
  it('gives the bytes of the file, wherever and however much is asked for', () => {
    const read = fc.tuple(
      fc.nat({ max: bytes.length + 5000 }),
      fc.oneof(fc.nat({ max: 64 }), fc.nat({ max: 400_000 })),
    );
    fc.assert(
      fc.property(fc.array(read, { maxLength: 12 }), fc.constantFrom(1, 64 * 1024, 32 << 20), (reads, budget) => {
        const source = openFileSource(file, budget);
        for (const [offset, length] of reads) {
          const found = source.read(BigInt(offset), length);
          const expected = bytes.subarray(offset, offset + length);
          expect(Buffer.compare(found.bytes, expected)).toBe(0);
          expect(found.rest).toBe(expected.length < length ? 'end' : undefined);
        }
        source.close();
      }),
      { numRuns: 40 },
    );
  });

  it('counts what it reads, and reads no page twice', () => {
    const source = openFileSource(file);
    source.read(0n, 8);
    const first = source.bytesRead;
    source.read(4000n, 4000);
    expect(source.bytesRead).toBe(first);
    source.read(500_000n, 8);
    expect(source.bytesRead).toBeLessThanOrEqual(first + 64 * 1024);
    source.close();
  });

  it('is not the end of the world when it is asked beyond any end, or after it was closed', () => {
    const source = openFileSource(file);
    expect(source.read(1n << 63n, 8)).toMatchObject({ rest: 'end' });
    expect(source.read(0n, 0).bytes).toHaveLength(0);
    source.close();
    source.close();
    expect(source.read(0n, 8)).toMatchObject({ rest: 'unreadable' });
  });
});

it('a folder or a device is no file', () => {
  expect(() => openFileSource(folder)).toThrow(NotAFileError);
  expect(() => openFileSource('/dev/null')).toThrow(NotAFileError);
  expect(() => openFileSource(join(folder, 'none'))).toThrow('ENOENT');
});
