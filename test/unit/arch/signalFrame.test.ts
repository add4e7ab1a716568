import { describe, expect, it } from 'vitest';
import type { SignalFrame } from '../../../src/engine/arch/architecture.js';
import { signalFrameAt } from '../../../src/engine/arch/x86_64/signalFrame.js';
import { type RuntimeAddress, runtimeAddress } from '../../../src/engine/base/addresses.js';
import { type MemoryView, wordOf } from '../../../src/engine/base/memoryView.js';
import { type HandSignalFrame, writeSignalFrame, type WrittenSignalFrame } from '../../writers/signalFrame.js';

const STACK = 0x7ffd_1000_0000n;
const SHAPE: HandSignalFrame = {
  registers: {
    rip: 0x55_0000_1234n,
    rsp: STACK,
    rbp: STACK + 64n,
    rdi: 0xd1n,
    r8: 0x8n,
    r15: 0x15n,
    rax: 0xaan,
    eflags: 0x10246n,
  },
  trampoline: 0x7f00_0000_5050n,
  signal: 11,
  code: 1,
  cr2: 0xdead_0000n,
  trap: 14,
  error: 6n,
  alternateStack: { base: 0x7f11_0000n, size: 0x4000n, flags: 1 },
};

function memoryOf(start: bigint, bytes: Uint8Array): MemoryView {
  const view: MemoryView = {
    read(address, length) {
      const at = Number(address - start);
      if (at < 0 || at >= bytes.length) return { bytes: new Uint8Array(0), rest: 'unmapped' };
      const part = bytes.subarray(at, at + length);
      return part.length < length ? { bytes: part, rest: 'unmapped' } : { bytes: part };
    },
    word: (address: RuntimeAddress) => wordOf(view.read(address, 8)),
  };
  return view;
}

function found(frame: WrittenSignalFrame, change?: (view: DataView) => void): SignalFrame | undefined {
  const bytes = frame.bytes.slice();
  change?.(new DataView(bytes.buffer));
  return signalFrameAt(memoryOf(frame.address, bytes), runtimeAddress(frame.address));
}

describe('a signal frame', () => {
  const written = writeSignalFrame(STACK, SHAPE);

  it('lies below the red zone, 8 behind a multiple of 16', () => {
    expect(written.address % 16n).toBe(8n);
    expect(written.address + BigInt(written.bytes.length)).toBeLessThanOrEqual(STACK - 128n);
  });

  it('is recognised, and every field read', () => {
    expect(found(written)).toMatchObject({
      address: written.address,
      end: written.address + 440n,
      returnTrampoline: SHAPE.trampoline,
      trapNumber: 14,
      errorCode: 6n,
      faultAddress: 0xdead_0000n,
      extendedState: written.state,
      extendedStateSize: 2432,
      alternateStack: { base: 0x7f11_0000n, size: 0x4000n, flags: 1 },
    });
    const registers = found(written)?.registers;
    for (const [register, value] of Object.entries(SHAPE.registers))
      expect(registers?.get(register), register).toBe(value);
    expect([registers?.get('cs'), registers?.get('ss')]).toEqual([0x33n, 0x2bn]);
    // What a frame does not hold is unknown.
    expect(registers?.has('fs_base')).toBe(false);
  });

  it.each([512 + 64, 832, 2432, 2696, 11_000])('is recognised with an extended state of %d bytes', (stateSize) => {
    expect(found(writeSignalFrame(STACK, { ...SHAPE, stateSize }))?.extendedStateSize).toBe(stateSize);
  });

  it('gives the upper half of ss_flags no meaning', () => {
    const frame = found(written, (view) => {
      view.setUint32(36, 0xdeadbeef, true);
    });
    expect(frame?.alternateStack.flags).toBe(1);
  });

  it('may hold a wild pc: that is what some crashes are', () => {
    const frame = found(written, (view) => {
      view.setBigUint64(176, 0xdead_beef_dead_beefn, true);
    });
    expect(frame?.registers.get('rip')).toBe(0xdead_beef_dead_beefn);
  });

  it('names its fields by offset', () => {
    expect(found(written)?.fields.get(168)).toBe('rsp');
    expect(found(written)?.fields.get(176)).toBe('rip');
    expect(found(written)?.fields.get(224)).toBe('cr2');
  });
});

describe('what is no signal frame', () => {
  const written = writeSignalFrame(STACK, SHAPE);
  const state = Number(written.state - written.address);

  it.each<[string, (view: DataView) => void]>([
    [
      'another code segment',
      (view) => {
        view.setUint16(192, 0x23, true);
      },
    ],
    [
      'an extended state at 0',
      (view) => {
        view.setBigUint64(232, 0n, true);
      },
    ],
    [
      'an extended state off its alignment',
      (view) => {
        view.setBigUint64(232, written.state + 8n, true);
      },
    ],
    [
      'an extended state that is not mapped',
      (view) => {
        view.setBigUint64(232, 0x1000n, true);
      },
    ],
    [
      'no first magic',
      (view) => {
        view.setUint32(state + 464, 0x46505854, true);
      },
    ],
    [
      'no second magic',
      (view) => {
        view.setUint32(state + 2432, 0, true);
      },
    ],
    [
      'a state size below the legacy area',
      (view) => {
        view.setUint32(state + 480, 64, true);
      },
    ],
    [
      'a state size of megabytes',
      (view) => {
        view.setUint32(state + 480, 1 << 24, true);
      },
    ],
    [
      'a state that is larger than the whole',
      (view) => {
        view.setUint32(state + 468, 100, true);
      },
    ],
    [
      'a stack pointer of the kernel',
      (view) => {
        view.setBigUint64(168 - 8, 0xffff_8000_0000_0000n, true);
      },
    ],
    [
      'a trampoline in the first page',
      (view) => {
        view.setBigUint64(0, 0x10n, true);
      },
    ],
    [
      'a trampoline of the kernel',
      (view) => {
        view.setBigUint64(0, 0xffff_8000_0000_0000n, true);
      },
    ],
    [
      'a trap number that there is not',
      (view) => {
        view.setBigUint64(208, 256n, true);
      },
    ],
  ])('%s', (what, change) => {
    if (what === 'a stack pointer of the kernel') {
      expect(
        found(written, (view) => {
          view.setBigUint64(48 + 8 * 15, 0xffff_8000_0000_0000n, true);
        }),
      ).toBeUndefined();
    } else expect(found(written, change)).toBeUndefined();
  });

  it('one that is cut', () => {
    for (const length of [0, 100, 200, 439, state + 470, state + 2434]) {
      const memory = memoryOf(written.address, written.bytes.subarray(0, length));
      expect(signalFrameAt(memory, runtimeAddress(written.address)), `${length} bytes`).toBeUndefined();
    }
  });

  it('one 8 bytes further on or back', () => {
    for (const shift of [-16n, -8n, 8n, 16n])
      expect(
        signalFrameAt(memoryOf(written.address, written.bytes), runtimeAddress(written.address + shift)),
      ).toBeUndefined();
  });
});
