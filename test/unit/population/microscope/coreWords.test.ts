import { describe, expect, it } from 'vitest';
import { coreWords } from '../../../../src/population/microscope/coreWords.js';

/** Words of 8 bytes, little-endian. */
function stackOf(...words: bigint[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 8);
  words.forEach((word, index) => {
    new DataView(bytes.buffer).setBigUint64(index * 8, word, true);
  });
  return bytes;
}

describe('words of one core', () => {
  it('aligns slots to the stack pointer and to the frame', () => {
    const words = coreWords({
      rsp: '0x7ffc00001010',
      frame_base: '0x7ffc00001020',
      stack_start: '0x7ffc00001008',
      stack_words: 'zero\ncode libc.so.6+0x10\nstack +0x10\nheap 0x5000',
    });
    expect(Object.fromEntries(words)).toEqual({
      'rsp mod 16': 'zero',
      '[rsp-8]': 'zero',
      '[rsp]': 'code libc.so.6+0x10',
      '[rsp+8]': 'stack +0x10',
      '[rsp+16]': 'heap 0x5000',
      '[frame-24]': 'zero',
      '[frame-16]': 'code libc.so.6+0x10',
      '[frame-8]': 'stack +0x10',
      '[frame]': 'heap 0x5000',
    });
  });

  it('reads bare bytes where no words are kept, and tells them by their digits', () => {
    const words = coreWords({
      rsp: '0x7ffc00001008',
      registers: '{"rip":"0x0","rsp":"0x7ffc00001008","rax":"0xffffffffffffffff","rbx":"0x55d000001234"}',
      stack_start: '0x7ffc00001000',
      stack: stackOf(0n, 0x7ffc_0000_1040n, 0x6867_6665_6463_6261n, 0xffff_8880_0000_0000n, 0x1234_0000_0000_0000n),
    });
    expect(Object.fromEntries(words)).toEqual({
      rip: 'zero',
      rax: 'number -1',
      rbx: 'pointer 0x55d000001234',
      'rsp mod 16': 'number 8',
      '[rsp-8]': 'zero',
      '[rsp]': 'stack +0x38',
      '[rsp+8]': 'text abcdefgh',
      '[rsp+16]': 'kernel 0xffff888000000000',
      '[rsp+24]': 'noncanonical 0x1234000000000000',
    });
  });

  it('takes the registers of a printed row, and bytes as hexadecimal text', () => {
    const words = coreWords({
      thread: { tid: 1, registers: { rip: '0x10', rsp: '0x7000000000' } },
      frames: [{ cfa: '0x7000000008' }],
      stack_start: '0x7000000000',
      stack: '0000000000000000ffff',
    });
    expect(Object.fromEntries(words)).toEqual({
      rip: 'number 16',
      'rsp mod 16': 'zero',
      '[rsp]': 'zero',
      '[frame-8]': 'zero',
    });
  });

  it('keeps nothing of what is not what it should be', () => {
    expect(coreWords({ rsp: 'somewhere', registers: '{"rip":', stack: {}, stack_start: 7 }).size).toBe(0);
    expect(coreWords({ registers: '[1]', register_words: 'null' }).size).toBe(0);
    // A window that is not aligned to the slots has none.
    const words = coreWords({ rsp: '0x1004', stack_start: '0x1000', stack_words: 'zero' });
    expect([...words.keys()]).toEqual(['rsp mod 16']);
  });
});
