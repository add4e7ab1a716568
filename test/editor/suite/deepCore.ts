import { prstatus } from '../../writers/coreNotes.js';
import { writeCore } from '../../writers/elfCore.js';

const CODE = 0x40_0000n;
const STACK = 0x7ffd_0000_0000n;
const FRAME = 16;

/** A core written by hand: a recursion of `frames` frames, linked by frame pointers, in code that no file answers for. */
export function recursionCore(frames: number): Uint8Array {
  const code = new Uint8Array(4096).fill(0x90);
  code.set([0xff, 0xd0], 0x100);
  const returnAddress = CODE + 0x102n;
  const stack = new Uint8Array(FRAME * frames + 64);
  const view = new DataView(stack.buffer);
  for (let i = 0; i + 1 < frames; i++) {
    view.setBigUint64(FRAME * i, STACK + BigInt(FRAME * (i + 1)), true);
    view.setBigUint64(FRAME * i + 8, returnAddress, true);
  }
  const registers = { rip: CODE + 0x10n, rsp: STACK, rbp: STACK };
  return writeCore({
    notes: [prstatus(4711, registers)],
    loads: [
      { vaddr: CODE, bytes: code, flags: 'rx' },
      { vaddr: STACK, bytes: stack },
    ],
  }).bytes;
}
