import { describe, expect, it } from 'vitest';
import { bandsOf } from '../../webview/core/stack/bands.js';
import { RowMap } from '../../webview/core/stack/rowMap.js';
import { formatVector } from '../../webview/core/registers/vectorFormat.js';
import { readableSize, signedOffset, wordDigits } from '../../webview/core/hex.js';
import { printable } from '../../webview/printable.js';
import { RSP, frames, signalFrames } from './dataset/raceCore.js';

const outline = { rsp: RSP, lowest: -512, highest: 1023, frames, signalFrames };

describe('headings of the stack', () => {
  it('stand where parts begin, the widest first', () => {
    expect(bandsOf(outline).map(({ slot, kind, physical }) => [slot, kind, physical])).toEqual([
      [-512, 'dead', undefined],
      [-378, 'signalFrame', undefined],
      [-16, 'redZone', undefined],
      [0, 'frame', 0],
      [0, 'frame', 1],
      [12, 'frame', 2],
      [28, 'frame', 3],
      [36, 'frame', 4],
      [54, 'frame', 5],
      [56, 'end', undefined],
    ]);
  });

  it('are left out where their place is not on this stack', () => {
    const elsewhere = frames.map((frame) => ({ ...frame, cfa: '0x7ffd00000000' }));
    expect(
      bandsOf({ ...outline, lowest: -4, frames: elsewhere, signalFrames: [] }).map(({ slot, kind }) => [slot, kind]),
    ).toEqual([
      [-4, 'redZone'],
      [0, 'frame'],
    ]);
  });
});

describe('rows of the stack', () => {
  it('are each a slot or a heading, and know their way back', () => {
    const rows = new RowMap(-512, 1023, bandsOf(outline));
    expect(rows.count).toBe(1536 + 10);
    const seen: number[] = [];
    for (let row = 0; row < rows.count; row++) {
      const what = rows.at(row);
      if ('slot' in what) {
        seen.push(what.slot);
        expect(rows.rowOf(what.slot)).toBe(row);
      }
    }
    expect(seen).toEqual(Array.from({ length: 1536 }, (_, index) => index - 512));
  });
});

describe('spelling', () => {
  it('shows vectors in each format, lowest element first', () => {
    const bytes = '0000803f000000400000404000008040';
    expect(formatVector(bytes, 'bytes')).toEqual(['0000803f 00000040 00004040 00008040']);
    expect(formatVector(bytes, 'float')).toEqual(['1 2 3 4']);
    expect(formatVector(bytes, 'u32')).toEqual(['1065353216 1073741824 1077936128 1082130432']);
    expect(formatVector(bytes + bytes, 'u64')).toHaveLength(2);
    expect(formatVector('000000000000f03f000000000000f07f', 'double')).toEqual(['1 Infinity']);
  });

  it('splits words, signs offsets, rounds sizes', () => {
    expect(wordDigits('0x2a')).toEqual({ zeros: '00000000000000', digits: '2a' });
    expect(wordDigits('0x0')).toEqual({ zeros: '0000000000000000', digits: '' });
    expect([signedOffset(-8), signedOffset(0)]).toEqual(['−8', '+0']);
    expect([readableSize(512), readableSize(315_392), readableSize(10_200_000_000)]).toEqual([
      '512 bytes',
      '315 kB',
      '10.2 GB',
    ]);
  });

  it('makes what cannot be seen visible', () => {
    expect(printable('a\u0000b\u001b[31m\u202ec\u200b')).toBe('a\\x00b\\x1b[31m\\u{202e}c\\u{200b}');
    expect(printable('größe λ 漢 🙂')).toBe('größe λ 漢 🙂');
  });
});
