import { readFileSync } from 'node:fs';
import { decompress } from 'fzstd';
import { describe, expect, it } from 'vitest';
import { x86_64 } from '../../../src/engine/arch/x86_64/x86_64.js';
import { runtimeAddress } from '../../../src/engine/base/addresses.js';
import { bytesSource } from '../../../src/engine/base/byteSource.js';
import type { LoadModule } from '../../../src/engine/modules/loadModule.js';
import { ModuleImage } from '../../../src/engine/modules/moduleImage.js';
import { ModuleMap } from '../../../src/engine/modules/moduleMap.js';
import { StackDepths } from '../../../src/engine/unwind/stackDepths.js';
import { createIcedDisassembler } from '../../../src/io/icedDisassembler.js';

const disassembler = createIcedDisassembler();

function depthsOf(read: (address: bigint, length: number) => Uint8Array): StackDepths {
  const memory = {
    read: (address: bigint, length: number) => ({ bytes: read(address, length) }),
    word: () => undefined,
  };
  return new StackDepths(x86_64, memory, disassembler);
}

const START = 0x1000n;

/** What is read of hand-made code, in hexadecimal, at the offset of `|`. */
function depthIn(hex: string): ReturnType<StackDepths['at']> {
  const bytes = Uint8Array.from(Buffer.from(hex.replace(/[ |]/g, ''), 'hex'));
  const offset = hex.replaceAll(' ', '').indexOf('|') / 2;
  const depths = depthsOf((address, length) =>
    bytes.subarray(Number(address - START), Number(address - START) + length),
  );
  return depths.at(START, START + BigInt(offset));
}

const PUSH_RBP = '55';
const MOV_RSP_RBP = '4889e5';
const SUB_32 = '4883ec20';
const ADD_32 = '4883c420';
const CALL = 'e800000000';

describe('how deep a function has made its stack', () => {
  it.each<[string, string, bigint | undefined, boolean]>([
    ['at its first instruction', `| ${PUSH_RBP}`, 0n, false],
    ['after a push', `${PUSH_RBP} | ${MOV_RSP_RBP}`, 8n, false],
    ['once the frame pointer is set', `${PUSH_RBP} ${MOV_RSP_RBP} | 90`, 8n, true],
    ['after leave', `${PUSH_RBP} ${MOV_RSP_RBP} ${SUB_32} c9 | c3`, 0n, false],
    ['after the frame pointer is popped', `${PUSH_RBP} ${MOV_RSP_RBP} 5d | c3`, 0n, false],
    ['after lea from the frame pointer', `${PUSH_RBP} ${MOV_RSP_RBP} 4154 4883e4f0 488d65f8 415c 5d | c3`, 0n, false],
    ['with room taken and given back', `${SUB_32} ${ADD_32} | c3`, 0n, false],
    ['behind a call', `${SUB_32} ${CALL} | 90`, 32n, false],
    ['where a jump over a return leads', '7401 c3 50 | 90', 8n, false],
    ['where only a jump back leads', 'eb03 50 | 90 c3 ebfb', 8n, false],
    ['without its return address', '58 | 90', undefined, false],
    ['after it is aligned', `4883e4f0 | 90`, undefined, false],
    ['when room of unknown size was taken', `4829c4 | 90`, undefined, false],
    // The two words above the return: pushed by the branch that ends there only.
    ['where a call that does not return lies before', `7406 50 ${CALL} | c3`, 0n, false],
  ])('%s', (_, hex, depth, hasFramePointer) => {
    const found = depthIn(hex);
    expect(found?.depth).toBe(depth);
    expect(found?.hasFramePointer ?? false).toBe(hasFramePointer);
  });

  it('and where it put the registers of its caller', () => {
    // push rbx, push r12, sub 8, push rbx again as an argument
    expect(depthIn('53 4154 4883ec08 53 | 90')?.saved).toEqual(
      new Map([
        ['rbx', 8n],
        ['r12', 16n],
      ]),
    );
    // popped again
    expect(depthIn('53 4154 415c | 90')?.saved).toEqual(new Map([['rbx', 8n]]));
  });

  it('is not told of code that is missing, or that no way leads to', () => {
    expect(depthIn(`${PUSH_RBP} c3 | 90`)).toBeUndefined();
    expect(depthsOf(() => new Uint8Array(0)).at(START, START + 4n)).toBeUndefined();
    expect(depthsOf(() => new Uint8Array(0)).at(START, START - 4n)).toBeUndefined();
    // A loop without end is gone through once.
    expect(depthIn('ebfe | 90')).toBeUndefined();
  });
});

describe('what one core found in a file', () => {
  const packed = readFileSync(new URL('../../fixtures/sysroot/libgcc_s.so.1-6f03384c.zst', import.meta.url));
  const bytes = decompress(packed);

  /** A process that maps the file, at a place of its own, whose memory gives `provenance` and, where asked, nothing but `ret`. */
  function processAt(image: ModuleImage, bias: bigint, provenance: 'core' | 'file-verified', onlyReturns: boolean) {
    const range = { start: bias, end: bias + BigInt(bytes.length), fileOffset: 0n, executable: true, writable: false };
    const module: LoadModule = {
      path: image.path,
      start: range.start,
      end: range.end,
      ranges: [range],
      bias,
      buildId: undefined,
      image,
      debugImage: undefined,
      status: 'matched',
      refused: [],
    };
    const memory = {
      read: (address: bigint, length: number) => ({
        bytes: onlyReturns ? new Uint8Array(length).fill(0xc3) : image.readLink(address - bias, length),
        provenance,
      }),
      word: () => undefined,
    };
    return new StackDepths(x86_64, memory, disassembler, new ModuleMap([module]));
  }

  /** A function of the file, and a place in it that is deeper than its start. */
  function deepPlace(image: ModuleImage): { start: bigint; pc: bigint; depth: bigint } {
    const text = image.sections.find((section) => section.name === '.text');
    for (let address = text?.address ?? 0n; ; address += 16n) {
      const entry = image.cfi?.find(address);
      const row = entry && image.cfi?.find(entry.functionStart + 8n);
      if (row?.cfa.kind !== 'registerOffset' || row.cfa.offset <= 8n || row.functionStart !== entry?.functionStart)
        continue;
      const pc = row.functionStart + 8n;
      const depth = processAt(image, 0n, 'core', false).at(row.functionStart, pc)?.depth;
      if (depth !== undefined && depth > 0n) return { start: row.functionStart, pc, depth };
    }
  }

  it('serves the next, wherever that maps it, but none that dumped the code', () => {
    const image = ModuleImage.open('libgcc_s.so.1', bytesSource(bytes));
    if (image === undefined) throw new Error('libgcc cannot be read');
    const { start, pc, depth } = deepPlace(image);
    const ask = (bias: bigint, provenance: 'core' | 'file-verified', onlyReturns: boolean) =>
      processAt(image, bias, provenance, onlyReturns).at(start + bias, pc + bias)?.depth;
    expect(ask(0x7f00_0000_0000n, 'core', true)).toBeUndefined();
    expect(ask(0x7e00_0000_0000n, 'file-verified', false)).toBe(depth);
    expect(ask(0x7d00_0000_0000n, 'file-verified', true)).toBe(depth);
    expect(ask(0x7d00_0000_0000n, 'core', true)).toBeUndefined();
  });
});

describe('as the call-frame information of real binaries says', () => {
  it.each([
    ['libgcc_s.so.1-6f03384c', 12],
    ['libunwind.so.8.0.1-dbd50d23', 16],
    ['faults-gcc-O3-nofp-f00fb4e5', 2],
    ['faults-clang-O1-fp-1ddd191f', 2],
  ])('%s, every n-th function: %i', (file, step) => {
    const packed = readFileSync(new URL(`../../fixtures/sysroot/${file}.zst`, import.meta.url));
    const image = ModuleImage.open(file, bytesSource(decompress(packed)));
    const text = image?.sections.find((section) => section.name === '.text');
    const cfi = image?.cfi;
    if (image === undefined || text === undefined || cfi === undefined) throw new Error(`${file} cannot be read`);
    const depths = depthsOf((address, length) => image.readLink(address, length));
    const wrong: string[] = [];
    let [compared, told, functions] = [0, 0, 0];
    for (let address = text.address; address < text.address + text.size;) {
      const entry = cfi.find(address);
      if (entry === undefined) {
        address += 16n - (address % 16n);
        continue;
      }
      address = entry.functionEnd > address ? entry.functionEnd : address + 1n;
      // What does not start with a return address on top is jumped into, not called.
      if (entry.cfa.kind !== 'registerOffset' || entry.cfa.offset !== 8n || functions++ % step !== 0) continue;
      const start = entry.functionStart;
      const code = image.readLink(start, Math.min(Number(entry.functionEnd - start), 300));
      for (let offset = 0; offset < code.length;) {
        const pc = start + BigInt(offset);
        const length = disassembler.decode(code.subarray(offset, offset + 15), runtimeAddress(pc))?.length;
        if (length === undefined) break;
        offset += length;
        const row = cfi.find(pc);
        if (row?.cfa.kind !== 'registerOffset') continue;
        const found = depths.at(start, pc);
        compared++;
        if (found?.depth !== undefined || found?.hasFramePointer === true) told++;
        const byStackPointer = row.cfa.register === x86_64.dwarfStackPointer;
        const expected = byStackPointer ? row.cfa.offset - 8n : 'frame pointer';
        const got = byStackPointer ? found?.depth : found?.hasFramePointer === true ? 'frame pointer' : undefined;
        if (got !== undefined && got !== expected) wrong.push(`0x${pc.toString(16)}: ${got}, not ${expected}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(told / compared).toBeGreaterThan(0.85);
    expect(compared).toBeGreaterThan(80);
  });
});
