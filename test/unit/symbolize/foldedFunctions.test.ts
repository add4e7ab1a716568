import { expect, it } from 'vitest';
import { bytesSource } from '../../../src/engine/base/byteSource.js';
import { ModuleImage } from '../../../src/engine/modules/moduleImage.js';
import { answers, sample } from '../modules/samples.js';

const RECORDED = answers('answers.json', sample) as Readonly<
  Record<string, readonly (readonly [number, string, number])[]>
>;

it.each(['folded-gcc', 'folded-clang', 'folded-not'])(
  'functions that share code are named as gdb names them: %s',
  (name) => {
    const image = ModuleImage.open(name, bytesSource(sample(name)));
    const expected = RECORDED[name] ?? [];
    expect(expected.length).toBeGreaterThan(30);
    const found = expected.map(([pc]) => {
      const frame = image?.debugInfo?.locate(BigInt(pc))?.at(-1);
      return [pc, frame?.linkageName ?? frame?.function ?? '?', frame?.line ?? 0];
    });
    // gdb shows C names with the parameters that it knows of.
    expect(found).toEqual(expected.map(([pc, called, line]) => [pc, called.replace(/\(.*/, ''), line]));
  },
);
