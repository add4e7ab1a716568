import { describe, expect, it } from 'vitest';
import { decodeSiginfo } from '../../../src/engine/core/siginfo.js';
import { codeName, signalName } from '../../../src/engine/core/signals.js';
import { Bytes } from '../../writers/bytes.js';
import { siginfoBytes } from '../../writers/coreNotes.js';

describe('siginfo', () => {
  it('of a fault has its address', () => {
    expect(decodeSiginfo(siginfoBytes(11, 1, [0xdeadn]), true, true)).toEqual({
      number: 11,
      name: 'SIGSEGV',
      errno: 0,
      code: 1,
      codeName: 'SEGV_MAPERR',
      faultAddress: 0xdeadn,
    });
  });

  it('of a signal that was sent has its sender, and no address', () => {
    const sender = 4711n | (1000n << 32n);
    expect(decodeSiginfo(siginfoBytes(11, -6, [sender]), true, true)).toMatchObject({
      codeName: 'SI_TKILL',
      sender: { pid: 4711, uid: 1000 },
    });
    expect(decodeSiginfo(siginfoBytes(11, -6, [sender]), true, true)).not.toHaveProperty('faultAddress');
  });

  it('of a general protection fault says SI_KERNEL, and the address it holds', () => {
    expect(decodeSiginfo(siginfoBytes(11, 0x80, [0n]), true, true)).toMatchObject({
      codeName: 'SI_KERNEL',
      faultAddress: 0n,
    });
  });

  it('has signo, errno, code in this order, unlike elf_siginfo', () => {
    const bytes = new Bytes().u32(7, 5, 2, 0).u64(0x99n).upTo(128).bytes();
    expect(decodeSiginfo(bytes, true, true)).toMatchObject({ number: 7, errno: 5, code: 2, codeName: 'BUS_ADRERR' });
  });

  it('of 32-bit files has its union at 12', () => {
    const bytes = new Bytes(false).u32(11, 0, 1, 0xcafe).upTo(128).bytes();
    expect(decodeSiginfo(bytes, false, false)).toMatchObject({ number: 11, faultAddress: 0xcafen });
  });

  it.each([
    ['too short', new Uint8Array(20)],
    ['signal 0', siginfoBytes(0, 0)],
    ['signal 65', siginfoBytes(65, 0)],
    ['a negative signal', siginfoBytes(-11, 0)],
  ])('%s is none', (_, bytes) => {
    expect(decodeSiginfo(bytes, true, true)).toBeUndefined();
  });
});

it.each([
  [6, 'SIGABRT'],
  [31, 'SIGSYS'],
  [34, 'SIGRT0'],
  [64, 'SIGRT30'],
  [32, 'signal 32'],
  [70, 'signal 70'],
])('signal %d is called %s', (signal, text) => {
  expect(signalName(signal)).toBe(text);
});

it.each([
  [11, 2, 'SEGV_ACCERR'],
  [11, 10, 'SEGV_CPERR'],
  [8, 1, 'FPE_INTDIV'],
  [4, 2, 'ILL_ILLOPN'],
  [5, 1, 'TRAP_BRKPT'],
  [31, 1, 'SYS_SECCOMP'],
  [15, 0, 'SI_USER'],
  [11, 99, undefined],
  [10, 1, undefined],
])('code %2$d of signal %1$d', (signal, code, text) => {
  expect(codeName(signal, code)).toBe(text);
});
