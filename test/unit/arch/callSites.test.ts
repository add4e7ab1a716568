import fc from 'fast-check';
import * as iced from 'iced-x86';
import { describe, expect, it } from 'vitest';
import type { CallSite } from '../../../src/engine/arch/architecture.js';
import { aarch64 } from '../../../src/engine/arch/aarch64/aarch64.js';
import { callsBefore } from '../../../src/engine/arch/x86_64/callSites.js';
import { runtimeAddress } from '../../../src/engine/base/addresses.js';
import { hexToBytes, Bytes } from '../../writers/bytes.js';

const RETURN = runtimeAddress(0x7f00_1234_5678n);

function sites(code: string): readonly CallSite[] {
  return callsBefore(hexToBytes(code), RETURN);
}

describe('calls by their bytes', () => {
  it.each([
    ['direct', 'e8 11 22 33 44', { length: 5, target: RETURN + 0x44332211n }],
    ['direct, backwards', 'e8 fb ff ff ff', { length: 5, target: RETURN - 5n }],
    ['a register', 'ff d0', { operand: { kind: 'register', register: 'rax' } }],
    ['an extended register', '41 ff d4', { length: 3, operand: { kind: 'register', register: 'r12' } }],
    ['a pointer', 'ff 10', { operand: { kind: 'memory', base: 'rax', scale: 1, displacement: 0n } }],
    ['a vtable slot', 'ff 50 10', { operand: { kind: 'memory', base: 'rax', scale: 1, displacement: 16n } }],
    ['a slot before', 'ff 55 f8', { operand: { kind: 'memory', base: 'rbp', scale: 1, displacement: -8n } }],
    ['a far slot', 'ff 90 00 01 00 00', { operand: { kind: 'memory', base: 'rax', scale: 1, displacement: 256n } }],
    [
      'the GOT',
      'ff 15 00 10 00 00',
      { operand: { kind: 'memory', scale: 1, displacement: 0x1000n, address: RETURN + 0x1000n } },
    ],
    ['the stack', 'ff 14 24', { operand: { kind: 'memory', base: 'rsp', scale: 1, displacement: 0n } }],
    ['the stack, with offset', 'ff 54 24 08', { operand: { kind: 'memory', base: 'rsp', scale: 1, displacement: 8n } }],
    ['a table', 'ff 14 c7', { operand: { kind: 'memory', base: 'rdi', index: 'rax', scale: 8, displacement: 0n } }],
    [
      'a table at a fixed address',
      'ff 14 c5 00 10 40 00',
      { operand: { kind: 'memory', index: 'rax', scale: 8, displacement: 0x401000n } },
    ],
    [
      'an extended table',
      '43 ff 94 e5 00 01 00 00',
      { length: 8, operand: { kind: 'memory', base: 'r13', index: 'r12', scale: 8, displacement: 256n } },
    ],
  ])('%s', (_, code, expected) => {
    expect(sites(code)[0]).toMatchObject(expected);
  });

  it.each([
    ['a jump', 'ff 20'],
    ['a push', 'ff 30'],
    ['a far call', 'ff 18'],
    ['a form that ends elsewhere', 'ff 90 00 01 00'],
    ['a direct jump', 'e9 00 00 00 00'],
    ['too few bytes', 'd0'],
    ['no bytes', ''],
  ])('%s is none', (_, code) => {
    expect(sites(code)).toEqual([]);
  });

  it('what may be a prefix or the end of another instruction is read both ways', () => {
    expect(sites('41 ff d0')).toMatchObject([
      { length: 3, operand: { register: 'r8' } },
      { length: 2, operand: { register: 'rax' } },
    ]);
  });
});

/** How the disassembler reads the whole of `code`, if that is one near call. */
function oracle(
  code: Uint8Array,
  address: bigint,
):
  | {
      target?: bigint;
      register?: string;
      base?: string;
      index?: string;
      scale?: number;
      displacement?: bigint;
      plain: boolean;
    }
  | undefined {
  const decoder = new iced.Decoder(64, code, iced.DecoderOptions.None);
  decoder.ip = address;
  const instruction = decoder.decode();
  try {
    if (instruction.isInvalid || instruction.length !== code.length || instruction.mnemonic !== iced.Mnemonic.Call)
      return undefined;
    const kind = instruction.op0Kind;
    if (kind === iced.OpKind.NearBranch64) return { target: instruction.nearBranchTarget, plain: true };
    if (instruction.code !== iced.Code.Call_rm64) return undefined;
    const name = (register: iced.Register): string | undefined =>
      register === iced.Register.None ? undefined : iced.Register[register].toLowerCase();
    if (kind === iced.OpKind.Register) {
      const register = name(instruction.op0Register);
      return { ...(register === undefined ? {} : { register }), plain: true };
    }
    const base = name(instruction.memoryBase);
    const index = name(instruction.memoryIndex);
    return {
      ...(base === undefined ? {} : { base }),
      ...(index === undefined ? {} : { index }),
      scale: instruction.memoryIndexScale,
      displacement: BigInt.asUintN(64, instruction.memoryDisplacement),
      // With the address-size prefix the operand is 32 bits wide.
      plain:
        instruction.memoryDisplSize !== 4 || base === 'rip' || instruction.segmentPrefix === iced.Register.None
          ? !code.includes(0x67)
          : false,
    };
  } finally {
    instruction.free();
    decoder.free();
  }
}

function agrees(site: CallSite, read: NonNullable<ReturnType<typeof oracle>>): boolean {
  if (read.target !== undefined) return site.target === read.target;
  const { operand } = site;
  if (operand === undefined) return false;
  if (read.register !== undefined) return operand.kind === 'register' && operand.register === read.register;
  if (operand.kind !== 'memory') return false;
  if (read.base === 'rip') return operand.address === read.displacement;
  if (!read.plain) return true;
  return (
    operand.base === read.base &&
    operand.index === read.index &&
    (read.index === undefined || operand.scale === read.scale) &&
    BigInt.asUintN(64, operand.displacement) === read.displacement
  );
}

/** Every call that the disassembler finds to end with the bytes is listed. */
function check(bytes: Uint8Array): number {
  const found = callsBefore(bytes, RETURN);
  let calls = 0;
  for (let start = Math.max(0, bytes.length - 12); start < bytes.length; start++) {
    const code = bytes.subarray(start);
    const read = oracle(code, RETURN - BigInt(code.length));
    if (read === undefined) continue;
    calls++;
    expect(
      found.some((site) => agrees(site, read) && site.length <= code.length),
      `${Buffer.from(code).toString('hex')} is not listed: ${JSON.stringify({ read, found }, (_, v: unknown) => (typeof v === 'bigint' ? v.toString(16) : v))}`,
    ).toBe(true);
  }
  return calls;
}

describe('against a disassembler', () => {
  it('every ModRM and SIB of FF /2 is listed, with every REX prefix', () => {
    let calls = 0;
    for (let modrm = 0x10; modrm < 0x100; modrm++) {
      if (((modrm >> 3) & 7) !== 2) continue;
      const hasSib = modrm >> 6 !== 3 && (modrm & 7) === 4;
      for (let sib = 0; sib < (hasSib ? 256 : 1); sib++) {
        const base5 = hasSib ? (sib & 7) === 5 : (modrm & 7) === 5;
        const size = modrm >> 6 === 1 ? 1 : modrm >> 6 === 2 || (modrm >> 6 === 0 && base5) ? 4 : 0;
        for (const rex of hasSib ? [0, 0x41, 0x42, 0x43] : [0, 0x40, 0x41, 0x48, 0x4f]) {
          const code = new Bytes().u8(0x90, ...(rex === 0 ? [] : [rex]), 0xff, modrm, ...(hasSib ? [sib] : []));
          calls += check(code.append([0x12, 0x34, 0x56, 0x87].slice(4 - size)).bytes());
        }
      }
    }
    expect(calls).toBeGreaterThan(1000);
  });

  it('any call at the end of random bytes is listed', () => {
    const tail = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }).map((d) => [0xe8, ...d]),
      fc.tuple(fc.nat({ max: 255 }), fc.uint8Array({ maxLength: 5 })).map(([m, d]) => [0xff, (m & 0xc7) | 0x10, ...d]),
      fc.uint8Array({ maxLength: 6 }).map((d) => [...d]),
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 6, maxLength: 8 }), tail, (head, end) => {
        check(Uint8Array.of(...head, ...end));
      }),
      { numRuns: 1500 },
    );
  });
});

describe('calls of aarch64', () => {
  const before = (word: number): readonly CallSite[] => aarch64.callsBefore(new Bytes().u32(0, word).bytes(), RETURN);

  it('are BL, in both directions, and BLR', () => {
    expect(before(0x94000001)).toEqual([{ address: RETURN - 4n, length: 4, target: RETURN }]);
    expect(before(0x97ffffff)).toEqual([{ address: RETURN - 4n, length: 4, target: RETURN - 8n }]);
    expect(before(0xd63f0120)).toMatchObject([{ operand: { kind: 'register', register: 'x9' } }]);
  });

  it('are not BR, B or RET', () => {
    for (const word of [0xd61f0120, 0x14000001, 0xd65f03c0]) expect(before(word)).toEqual([]);
  });
});
