import { describe, expect, it } from 'vitest';
import { Symbolizer } from '../../../src/engine/symbolize/symbolizer.js';
import { AddressSpace } from '../../../src/engine/values/addressSpace.js';
import { judge, type Judgement } from '../../../src/engine/verdict/judge.js';
import { createIcedDisassembler } from '../../../src/io/icedDisassembler.js';
import { prstatus, siginfo } from '../../writers/coreNotes.js';
import { openProcess } from '../process.js';

const CODE = 0x40_0000n;
const STACK = 0x7ffd_0000_0000n;
/** Behind a call through %rax. */
const INDIRECT = CODE + 0x102n;
/** Behind a direct call to CODE + 0x300. */
const DIRECT = CODE + 0x205n;

function judged(words: Readonly<Record<number, bigint>>, registers: Readonly<Record<string, bigint>>): Judgement {
  const code = new Uint8Array(4096).fill(0x90);
  code.set([0xff, 0xd0], 0x100);
  code.set([0xe8, 0xfb, 0x00, 0x00, 0x00], 0x200);
  const bytes = new Uint8Array(4096);
  const view = new DataView(bytes.buffer);
  for (const [offset, value] of Object.entries(words)) view.setBigUint64(Number(offset), value, true);
  const { core, context, modules } = openProcess({
    notes: [prstatus(1, registers), siginfo(11, 1, [0n])],
    loads: [
      { vaddr: CODE, bytes: code, flags: 'rx' },
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

describe('candidate stacks of a process that died at 0', () => {
  it('a call through NULL: the return address on top is its caller’s', () => {
    const judgement = judged({ 0x108: INDIRECT }, { rip: 0n, rsp: STACK + 0x108n, rax: 0n });
    expect(judgement).toMatchObject({ label: 'other', kind: 'null-call' });
    expect(judgement.chosen.id).toBe('asCalled');
    expect(judgement.chosen.walk.frames[1]?.pc).toBe(INDIRECT);
  });

  it('a return to NULL: the zero was popped, and the lost caller is named by the call before the next return address', () => {
    const judgement = judged({ 0x108: 0n, 0x128: DIRECT }, { rip: 0n, rsp: STACK + 0x110n });
    expect(judgement.label).toBe('return-to-null');
    expect(judgement.chosen.id).toBe('asReturned');
    const [, lost, caller] = judgement.chosen.walk.frames;
    expect(lost).toMatchObject({ trust: 'callTarget', calledFunction: CODE + 0x300n });
    expect(caller?.pc).toBe(DIRECT);
  });

  it('every reading that was weighed is kept, the chosen one once', () => {
    const { candidates, chosen } = judged({ 0x108: 0n, 0x128: DIRECT }, { rip: 0n, rsp: STACK + 0x110n });
    expect(candidates().filter((candidate) => candidate === chosen)).toHaveLength(1);
    expect(new Set(candidates().map(({ id }) => id)).size).toBe(candidates().length);
    for (const { coherence, walk } of candidates()) {
      expect(coherence.score).toBeGreaterThanOrEqual(0);
      expect(coherence.score).toBeLessThanOrEqual(1);
      expect(walk.frames.length).toBeGreaterThan(0);
    }
  });
});
