import { describe, expect, it } from 'vitest';
import { CodeRanges } from '../../../src/engine/unwind/codeRanges.js';
import { codeWords, codeWordsInRow } from '../../../src/engine/unwind/codeWords.js';
import { isCode, type UnwindContext } from '../../../src/engine/unwind/unwindContext.js';
import { openProcess } from '../process.js';

const PAGE = 4096n;

function mayHold(code: CodeRanges, word: bigint): boolean {
  return code.mayHold(Number(word >> 32n), Number(word & 0xffffffffn));
}

describe('where code can be', () => {
  const ranges = [
    { start: 0x7f00_0000_3000n, end: 0x7f00_0000_5000n },
    { start: 0x40_0000n, end: 0x40_2000n },
    { start: 0x40_1000n, end: 0x40_4000n },
    { start: 0x40_4000n, end: 0x40_5000n },
    // Inside another one, and the page of old system calls at the very top.
    { start: 0x40_1000n, end: 0x40_2000n },
    { start: 0xffff_ffff_ff60_0000n, end: 0xffff_ffff_ff60_1000n },
  ];
  const code = new CodeRanges(ranges);

  it.each(ranges)('holds every word of a range and the one behind it: $start', ({ start, end }) => {
    for (const word of [start, start + 1n, end - 1n, end]) expect(mayHold(code, word)).toBe(true);
  });

  it('refuses what lies outside, to the byte', () => {
    const outside = [0n, 1n, 0x3f_ffffn, 0x40_5001n, 0x7f00_0000_2fffn, 0x7f00_0000_5001n, 0x7fff_ffff_f000n];
    for (const word of outside) expect(mayHold(code, word)).toBe(false);
    expect(mayHold(code, 0xffff_ffff_ff5f_e000n)).toBe(false);
    expect(mayHold(code, (1n << 64n) - 1n)).toBe(false);
  });

  it('takes no notice of ranges that end before they start', () => {
    const inverted = new CodeRanges([{ start: 0x40_2000n, end: 0x40_1000n }, ...ranges]);
    for (const word of [0x40_0001n, 0x40_1500n, 0x40_4fffn]) expect(mayHold(inverted, word)).toBe(true);
  });

  it('refuses everything where nothing is executable', () => {
    expect(mayHold(new CodeRanges([]), 0x40_0000n)).toBe(false);
  });

  it('never refuses a return address that is one', () => {
    for (let seed = 1; seed < 200; seed++) {
      const some = Array.from({ length: seed % 7 }, (_, i) => {
        const start = BigInt((seed * 7919 * (i + 1)) % 64) * PAGE;
        return { start, end: start + BigInt((seed * (i + 3)) % 5) * PAGE };
      });
      const made = new CodeRanges(some);
      for (let word = 0n; word < 80n * PAGE; word += 1021n) {
        const is = some.some(({ start, end }) => word - 1n >= start && word - 1n < end);
        if (is) expect(mayHold(made, word)).toBe(true);
        else if (!some.some(({ start, end }) => word >= start && word <= end)) expect(mayHold(made, word)).toBe(false);
      }
    }
  });
});

describe('words that may be return addresses', () => {
  const STACK = 0x7ffc_0000_0000n;
  const CODE = 0x40_0000n;
  const stack = new Uint8Array(4096);
  const view = new DataView(stack.buffer);
  [CODE + 5n, 7n, STACK, CODE + PAGE, CODE + 2n * PAGE].forEach((word, i) => {
    view.setBigUint64(4096 - 40 + 8 * i, word, true);
  });
  const second = new Uint8Array(4096);
  new DataView(second.buffer).setBigUint64(0, CODE + 9n, true);
  const { context } = openProcess({
    notes: [],
    loads: [
      { vaddr: CODE, memsz: PAGE, flags: 'rx' },
      { vaddr: STACK, bytes: stack },
      // One page of the stack is not in the core.
      { vaddr: STACK + PAGE, memsz: 16n, flags: 'rw' },
      { vaddr: STACK + PAGE + 16n, bytes: second },
    ],
  });
  const low = STACK + PAGE - 40n;

  it('are those that point into executable memory or just behind it', () => {
    expect(isCode(context, CODE + PAGE - 1n)).toBe(true);
    const places = codeWords(context, low, 5).map(({ place, word }) => [place - low, word]);
    expect(places).toEqual([
      [0n, CODE + 5n],
      [24n, CODE + PAGE],
    ]);
  });

  it('go on where pages of a file end and those of the core begin', () => {
    const border = low + 24n;
    const broken: UnwindContext = {
      ...context,
      memory: {
        word: (address) => context.memory.word(address),
        read: (address, length) => {
          const until = address < border ? Number(border - address) : length;
          const { bytes } = context.memory.read(address, Math.min(length, until));
          return { bytes, rest: 'notDumped', provenance: 'core' };
        },
      },
    };
    expect(codeWords(broken, low, 5).map(({ place }) => place - low)).toEqual([0n, 24n]);
    expect(codeWordsInRow(broken, low, 5).map(({ place }) => place - low)).toEqual([0n, 24n]);
  });

  it('are found behind words that are missing, unless they must lie in a row', () => {
    expect(codeWords(context, low, 8).map(({ place }) => place - low)).toEqual([0n, 24n, 56n]);
    expect(codeWordsInRow(context, low, 8).map(({ place }) => place - low)).toEqual([0n, 24n]);
  });
});
