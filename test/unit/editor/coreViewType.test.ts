import { readFileSync } from 'node:fs';
import { minimatch } from 'minimatch';
import { describe, expect, it } from 'vitest';
import { coreViewType } from '../../../src/editor/coreViewType.js';

interface Manifest {
  readonly contributes: {
    readonly customEditors: readonly {
      readonly viewType: string;
      readonly selector: readonly { readonly filenamePattern: string }[];
    }[];
  };
}

const manifest = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
) as unknown as Manifest;
const patterns = (viewType: string): readonly string[] =>
  manifest.contributes.customEditors
    .filter((editor) => editor.viewType === viewType)
    .flatMap(({ selector }) => selector.map(({ filenamePattern }) => filenamePattern));

describe('the editor that a core opens in', () => {
  it.each([
    'a.core',
    'a.core.zst',
    'a.core.gz',
    'a.core.xz',
    'a.core.lz4',
    'a.core.txt',
    'core',
    'core.1234',
    'core.js',
    'core.4x',
    `core.app.1000.${'0123456789abcdef'.repeat(2)}.123.1700000000000000`,
    `core.app.1000.${'0123456789abcdef'.repeat(2)}.123.1700000000000000.zst`,
    'core.app.1000.short.123.1700000000000000',
    'core-1234',
    'score',
    'dump.bin',
  ])('of %s is the one that VS Code would take by itself, where it takes one', (name) => {
    const taken = patterns('redzone.core').some((pattern) => minimatch(name, pattern));
    expect(coreViewType({ path: `/cores/${name}` })).toBe(taken ? 'redzone.core' : 'redzone.coreOptional');
  });
});
