import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The part of VS Code's globs that the manifest uses, matched as it does: against the file's name, in any case (vs/base/common/glob.ts). */
function matches(pattern: string, fileName: string): boolean {
  const source = pattern.replace(/\[[^\]]+\]|\{[^}]+\}|[*?.]|[^[{*?.]+/g, (part) => {
    if (part.startsWith('[')) return part;
    if (part.startsWith('{')) return `(?:${part.slice(1, -1).split(',').join('|')})`;
    return { '*': '[^/]*?', '?': '[^/]', '.': '\\.' }[part] ?? part;
  });
  return new RegExp(`^${source}$`, 'i').test(fileName);
}

interface Manifest {
  contributes: { customEditors: { viewType: string; priority: string; selector: { filenamePattern: string }[] }[] };
}

const manifest = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8')) as Manifest;

function takes(viewType: string, fileName: string): boolean {
  const editor = manifest.contributes.customEditors.find((candidate) => candidate.viewType === viewType);
  return editor?.selector.some(({ filenamePattern }) => matches(filenamePattern, fileName)) ?? false;
}

const BOOT = '0123456789abcdef0123456789abcdef';

describe('file names that open as cores', () => {
  it.each([
    'ingest.core',
    'ingest.7048.core.zst',
    'a.core.gz',
    'core.7055',
    'core.7055.zst',
    `core.ingest.1001.${BOOT}.7048.1746155647000000`,
    `core.ingest.1001.${BOOT}.7048.1746155647000000.zst`,
    `core.my.odd.name.0.${BOOT}.1.1746155647000000.lz4`,
  ])('%s', (fileName) => {
    expect(takes('redzone.core', fileName)).toBe(true);
  });

  it.each([
    'core.js',
    'core.py',
    'core.md',
    'core.min.js',
    'core.test.ts',
    'core.d.ts',
    'core.a.b.c.d.js',
    'core',
    'score.txt',
    'hardcore.txt',
    'core.core.js',
  ])('but not %s', (fileName) => {
    expect(takes('redzone.core', fileName)).toBe(false);
  });

  it('and is offered for others that begin like one', () => {
    for (const fileName of ['core', 'core.old', 'core.ingest'])
      expect(takes('redzone.coreOptional', fileName)).toBe(true);
  });
});
