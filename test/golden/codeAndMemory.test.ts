import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenedCoreFile } from '../../src/session/openedCores.js';
import { SampleReader, SYSROOT } from './fixtureCores.js';

const hasGdb = spawnSync('gdb', ['--version']).status === 0;

let reader: SampleReader;
beforeAll(() => {
  reader = new SampleReader();
});
afterAll(() => {
  reader.dispose();
});

/** The load segments of a core file, read from its program headers alone. */
function loadsOf(core: Buffer): { vaddr: bigint; offset: number; filesz: number }[] {
  const [table, count] = [Number(core.readBigUInt64LE(32)), core.readUInt16LE(56)];
  return Array.from({ length: count }, (_, i) => table + 56 * i)
    .filter((at) => core.readUInt32LE(at) === 1)
    .map((at) => ({
      vaddr: core.readBigUInt64LE(at + 16),
      offset: Number(core.readBigUInt64LE(at + 8)),
      filesz: Number(core.readBigUInt64LE(at + 32)),
    }))
    .filter(({ filesz }) => filesz > 0);
}

/** Every place of `needle` in the bytes of the file that are memory; segments of these cores lie apart. */
function inFile(path: string, needle: Buffer): string[] {
  const core = readFileSync(path);
  const places: string[] = [];
  for (const { vaddr, offset, filesz } of loadsOf(core)) {
    const bytes = core.subarray(offset, offset + filesz);
    for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1))
      places.push(`0x${(vaddr + BigInt(at)).toString(16)}`);
  }
  return places;
}

const search = (core: OpenedCoreFile, bytes: string, where: 'core' | 'all') =>
  core.ask('search', { what: { kind: 'bytes', bytes }, in: where, from: 0, count: 4096 });

describe('the kernel of a core', () => {
  it.each(['null-deep', 'go-panic', 'static', 'threads-8'])('of %s is the one of its vDSO, as the note in the file has it', (name) => {
    // Owner, type and version follow each other in the bytes of the file, wherever the vDSO lies.
    const file = readFileSync(reader.sample(name).core);
    const at = file.indexOf(Buffer.from('Linux\0\0\0'));
    const [patch, minor, major] = [file[at + 8], file[at + 9], file.readUInt16LE(at + 10)];
    expect(at).toBeGreaterThan(0);
    expect(reader.open(name, (core) => core.summary().kernel)).toBe(`${major}.${minor ?? ''}.${patch ?? ''}`);
  });

  it('is not known where the vDSO is not in the core', () => {
    expect(reader.open('truncated-notes', (core) => core.summary().kernel)).toBeUndefined();
  });
});

describe('the processor of a core', () => {
  const processorOf = (name: string) => reader.open(name, (core) => core.summary().processor);

  // /proc/cpuinfo of the machine that wrote these: cpu family 26, model 2, stepping 1.
  it.each(['null-deep', 'threads-8', 'race-default'])('of %s is the one that the dynamic linker found', (name) => {
    expect(processorOf(name)).toBe('AMD family 26 model 2 stepping 1');
  });

  it.each(['static', 'truncated-notes'])('is not known in %s, which has none or not its page', (name) => {
    expect(processorOf(name)).toBeUndefined();
  });
});

describe('a search of a core', () => {
  it.each([
    ['race-default', '2f6f70742f'],
    ['threads-8', '00000000000000ff'],
    ['null-deep', 'ffffffff'],
    ['use-after-free', '2f6c696236342f'],
  ])('%s for %s finds what a search of the file finds', (name, bytes) => {
    reader.open(name, (core) => {
      const answer = search(core, bytes, 'core');
      const expected = inFile(reader.sample(name).core, Buffer.from(bytes, 'hex'));
      expect(expected.length).toBeGreaterThan(0);
      expect(answer.items.map(({ address }) => address)).toEqual(expected.slice(0, 4096));
      expect(answer.total).toBe(expected.length);
      expect(answer.groups.reduce((sum, { count }) => sum + count, 0)).toBe(expected.length);
      for (const hit of answer.items)
        expect(answer.groups.some(({ mapping }) => mapping.start === hit.mapping)).toBe(true);
    });
  });

  it('pages through its hits', () => {
    reader.open('threads-8', (core) => {
      const ask = (from: number, count: number) =>
        core.ask('search', { what: { kind: 'word', value: '0x1' }, in: 'core', from, count });
      const all = ask(0, 4096);
      expect(all.total).toBeGreaterThan(20);
      expect([...ask(0, 7).items, ...ask(7, 13).items]).toEqual(all.items.slice(0, 20));
      expect(ask(all.total, 5).items).toEqual([]);
    });
  });

  it('says on whose stack a hit lies, and where', () => {
    reader.open('threads-8', (core) => {
      for (const { tid } of core.ask('threads', { from: 0, count: 8 }).items) {
        // A word that is not everywhere.
        const slot = core.ask('slots', { tid, from: 1, count: 200 }).items.find(({ kind }) => kind === 'returnAddress');
        if (slot?.value === undefined) throw new Error('the slot is not in the core');
        const what = { kind: 'word', value: slot.value } as const;
        const { items } = core.ask('search', { what, in: 'core', from: 0, count: 4096 });
        const { address, index, frame } = slot;
        expect(items.find((hit) => hit.address === address)).toMatchObject({
          thread: tid,
          slot: index,
          ...(frame === undefined ? {} : { frame }),
        });
      }
    });
  });

  it('finds the return addresses of a stack as pointers into the program', () => {
    reader.open('null-deep', (core) => {
      const tid = core.summary().crashedTid ?? 0;
      const frames = core.ask('stack', { tid, from: 0, count: 10 }).items.filter(({ cfa }) => cfa !== undefined);
      const main = frames.find(({ function: name }) => name === 'main');
      const [module] = core.ask('modules', { from: 0, count: 1 }).items;
      if (module === undefined || main === undefined) throw new Error('the program is not found');
      const answer = core.ask('search', {
        what: { kind: 'pointersInto', start: module.start, end: module.end },
        in: 'core',
        from: 0,
        count: 4096,
      });
      const above = frames.filter(({ index }) => index > 0 && index <= main.index);
      expect(above.length).toBeGreaterThan(1);
      for (const { pc, index } of above) {
        const slot = `0x${(BigInt(frames[index - 1]?.cfa ?? 0) - 8n).toString(16)}`;
        expect(answer.items.find(({ address }) => address === slot)?.value).toBe(pc);
      }
    });
  });

  it('refuses in one sentence what cannot be looked for', () => {
    reader.open('null-deep', (core) => {
      const ask = (bytes: string) => () => search(core, bytes, 'core');
      expect(ask('')).toThrow('there are no bytes to look for');
      expect(ask('abc')).toThrow('"abc" is not two hexadecimal digits a byte');
      expect(ask('zz')).toThrow('not two hexadecimal digits');
    });
  });
});

describe('disassembly', () => {
  const NAMES = ['null-deep', 'shift-fp', 'race-default', 'deep-recursion', 'templates', 'rust-panic', 'stripped'];

  it.each(NAMES)('backwards in %s meets the instructions that lead there from the start of the function', (name) => {
    reader.open(name, (core) => {
      const tid = core.summary().crashedTid ?? 0;
      let met = 0;
      for (const { pc } of core.ask('stack', { tid, from: 0, count: 12 }).items) {
        const back = core.ask('disassemble', { address: pc, before: 30, count: 1 });
        const there = back.items[back.at];
        expect(there?.address).toBe(pc);
        for (const [i, row] of back.items.entries()) {
          const next = back.items[i + 1];
          if (next !== undefined) expect(BigInt(row.address) + BigInt(row.length)).toBe(BigInt(next.address));
        }
        if (there?.symbol === undefined) continue;
        const start = `0x${(BigInt(pc) - BigInt(there.offset ?? 0)).toString(16)}`;
        const forth = core.ask('disassemble', { address: start, before: 0, count: 4096 }).items;
        const led = forth.slice(0, forth.findIndex(({ address }) => address === pc)).slice(-30);
        const behind = back.items.slice(Math.max(0, back.at - led.length), back.at);
        expect(behind.map(({ address }) => address)).toEqual(led.map(({ address }) => address));
        met++;
      }
      if (name !== 'stripped') expect(met).toBeGreaterThan(1);
    });
  });

  it('works out what the faulting instruction accesses', () => {
    reader.open('null-deep', (core) => {
      const { items, at } = core.ask('disassemble', { address: 'rip', before: 2, count: 2 });
      expect(items[at]).toMatchObject({ current: true, symbol: 'read_id', effective: [{ address: '0x0', access: 'read' }] });
      expect(items.filter(({ current }) => current === true)).toHaveLength(1);
    });
  });

  it('says what is not there', () => {
    reader.open('race-default', (core) => {
      const { items, at } = core.ask('disassemble', { address: '0x0', before: 5, count: 2 });
      expect(at).toBe(0);
      expect(items).toMatchObject([
        { address: '0x0', kind: 'absent', text: 'nothing is mapped here' },
        { kind: 'absent' },
      ]);
      const top = core.ask('disassemble', { address: '0xffffffffffffffff', before: 1, count: 5 });
      expect(top.items.map(({ kind, length }) => ({ kind, length }))).toEqual([
        { kind: 'absent', length: 4095 },
        { kind: 'absent', length: 1 },
      ]);
    });
  });
});

describe.skipIf(!hasGdb)('against gdb (skipped where there is none)', () => {
  const gdb = (name: string, ...commands: string[]): string => {
    const { program } = reader.sample(name).fixture as unknown as { readonly program: string };
    const args = ['-batch', '-nx', '-ex', `set sysroot ${SYSROOT}`, `${SYSROOT}${program}`, reader.sample(name).core];
    return spawnSync('gdb', [...args.slice(0, 4), ...args.slice(4), ...commands.flatMap((each) => ['-ex', each])], {
      encoding: 'utf8',
      timeout: 60_000,
    }).stdout;
  };

  it.each(['null-deep', 'use-after-free', 'null-vtable'])('%s: its x command has the same instructions', (name) => {
    const lines = gdb(name, 'x/25i $pc', 'x/-12i $pc').matchAll(/^(?:=>)?\s+(0x[0-9a-f]+) <[^>]*>:\s+(\S+)/gm);
    const theirs = new Map([...lines].map(([, address = '', mnemonic = '']) => [address, mnemonic]));
    expect(theirs.size).toBeGreaterThan(20);
    reader.open(name, (core) => {
      const { items } = core.ask('disassemble', { address: 'rip', before: 12, count: 25 });
      const ours = items.map(({ address }) => address).filter((address) => theirs.has(address));
      expect(ours).toHaveLength(theirs.size);
    });
  });

  it('its find command finds the same, in file-backed pages too', () => {
    reader.open('null-deep', (core) => {
      const { items } = core.ask('mappings', { from: 0, count: 1000 });
      const mapping = items.find(({ path, permissions }) => path?.endsWith('libc.so.6') === true && permissions === 'r-x');
      if (mapping === undefined) throw new Error('libc is not mapped');
      const out = gdb('null-deep', `find /w ${mapping.start}, ${mapping.end}-1, 0x00441f0f`);
      const theirs = [...out.matchAll(/^(0x[0-9a-f]+)/gm)].map(([, address = '']) => address);
      expect(theirs.length).toBeGreaterThan(5);
      const answer = search(core, '0f1f4400', 'all');
      expect(answer.items.filter(({ mapping: start }) => start === mapping.start).map(({ address }) => address)).toEqual(theirs);
    });
  });
});
