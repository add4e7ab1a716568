import { describe, expect, it } from 'vitest';
import { Symbolizer } from '../../../src/engine/symbolize/symbolizer.js';
import { AddressSpace } from '../../../src/engine/values/addressSpace.js';
import { judge, type Judgement } from '../../../src/engine/verdict/judge.js';
import { createIcedDisassembler } from '../../../src/io/icedDisassembler.js';
import { prstatus, siginfo } from '../../writers/coreNotes.js';
import { openProcess } from '../process.js';

const CODE = 0x40_0000n;
const STACK = 0x7ffd_0000_0000n;

function aborted(text: string): Judgement {
  const bytes = new Uint8Array(4096);
  bytes.set(new TextEncoder().encode(text), 0x400);
  const { core, context, modules } = openProcess({
    notes: [prstatus(1, { rip: CODE + 0x10n, rsp: STACK + 0x800n }), siginfo(6, -6, [0n])],
    loads: [
      { vaddr: CODE, bytes: new Uint8Array(4096).fill(0x90), flags: 'rx' },
      { vaddr: STACK, bytes },
    ],
  });
  const [thread] = core.threads;
  if (thread === undefined) throw new Error('no thread');
  return judge({
    core,
    unwind: context,
    symbolizer: new Symbolizer(modules, () => undefined),
    space: () => new AddressSpace(core, modules),
    disassembler: createIcedDisassembler(),
    thread,
  });
}

describe('an abort without names', () => {
  it.each([
    [
      "thread 'main' (690) panicked at src/r.rs:3:49:\nindex out of bounds",
      'panic',
      "thread 'main' (690) panicked at src/r.rs:3:49: index out of bounds",
    ],
    [
      "thread 'main' panicked at 'no such file', src/r.rs:3:49\nnote: run with",
      'panic',
      "\"thread 'main' panicked at 'no such file', src/r.rs:3:49\"",
    ],
    [
      'panic: runtime error: index out of range [9]\n\ngoroutine 1 [running]:',
      'panic',
      'panic: runtime error: index out of range [9]',
    ],
    [
      '==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x60',
      'abort',
      'ERROR: AddressSanitizer: heap-use-after-free on address 0x60',
    ],
  ])('is told by what the runtime wrote: %s', (text, kind, quoted) => {
    const found = aborted(text);
    expect(found.kind).toBe(kind);
    expect(found.account).toContain(quoted);
    expect(found.confidence).toBeLessThan(0.9);
  });

  it('is no panic for a text that is not one, and control characters of a message stay out', () => {
    expect(aborted('the thread panicked at lunch').kind).toBe('abort');
    expect(aborted("thread 'a' panicked at \u001b[31mred").account).not.toContain('\u001b');
  });
});
