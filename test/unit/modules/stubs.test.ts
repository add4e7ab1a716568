import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../../src/engine/base/byteSource.js';
import { ModuleImage } from '../../../src/engine/modules/moduleImage.js';
import { unxz } from '../../../src/io/unxz.js';
import { answers, sample } from './samples.js';

/** What objdump and nm say. */
const RECORDED = answers('answers.json', sample) as Readonly<Record<string, readonly (readonly [number, string])[]>>;

function open(name: string, mini = false): ModuleImage {
  const image = ModuleImage.open(name, bytesSource(sample(name)), mini ? { unxz } : {});
  if (image === undefined) throw new Error(`${name} is no ELF file`);
  return image;
}

describe('stubs of the procedure linkage table', () => {
  it.each(Object.keys(RECORDED).filter((name) => name.startsWith('plt-') && name !== 'plt-static'))(
    'have the names of objdump in %s',
    (name) => {
      const image = open(name);
      const expected = RECORDED[name] ?? [];
      expect(expected.length).toBeGreaterThan(0);
      for (const [address, stub] of expected) {
        for (const inside of [0, 1, 5]) {
          const found = image.pltEntry(BigInt(address + inside));
          expect([Number(found?.value), found?.name]).toEqual([address, stub]);
        }
      }
    },
  );

  it('of functions that a static program resolves itself go by the resolver, as in static programs of glibc', () => {
    const image = open('plt-static');
    expect(image.pltEntry(0x401003n)?.name).toBe(
      `*ABS*+0x${image.symbols.findByName('pick')?.value.toString(16) ?? '?'}@plt`,
    );
  });

  it('does not name the code that resolves them, nor what is outside', () => {
    const image = open('plt-lazy');
    expect(image.pltEntry(4096n)).toBeUndefined();
    expect(image.pltEntry(0n)).toBeUndefined();
    expect(image.pltEntry(4144n)).toBeUndefined();
  });
});

describe('mini-debuginfo', () => {
  it('gives the names of functions that are not exported', () => {
    const image = open('mini', true);
    for (const [address, name] of RECORDED.mini ?? []) expect(image.symbols.find(BigInt(address))?.name).toBe(name);
    expect(image.symbolStatus).toBe('symtab');
  });

  it('is left out without a decompressor', () => {
    const image = open('mini');
    expect(image.symbols.findByName('hidden')).toBeUndefined();
    expect(image.symbolStatus).toBe('dynsym');
  });

  it('of a damaged stream gives nothing', () => {
    const bytes = sample('mini');
    const start = Buffer.from(bytes).indexOf(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]));
    for (const at of [6, 30, 60, 200]) {
      const broken = bytes.slice();
      broken[start + at] = (broken[start + at] ?? 0) ^ 0x55;
      const image = ModuleImage.open('broken', bytesSource(broken), { unxz });
      expect(image?.symbols.findByName('hidden')).toBeUndefined();
      expect(image?.symbols.findByName('price')).toBeUndefined();
    }
  });
});
