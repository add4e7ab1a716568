import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localBinaries } from '../../../src/session/binaryFiles.js';
import { ImageCache } from '../../../src/session/imageCache.js';
import { writeBinary } from '../../writers/elfBinary.js';

const folder = mkdtempSync(join(tmpdir(), 'redzone-binaries-'));
const sysroot = join(folder, 'sysroot');
const images = new ImageCache();
const ID = 'ab'.repeat(20);

function put(path: string): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, writeBinary({ buildId: Buffer.from(ID, 'hex') }));
  return full;
}

beforeAll(() => {
  for (const path of ['sysroot/opt/program', 'outside', 'debug/program', `debug/.build-id/ab/${ID.slice(2)}`, 'named'])
    put(path);
  writeFileSync(join(sysroot, 'opt/text'), 'no binary');
});
afterAll(() => {
  images.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const found = (options: Parameters<typeof localBinaries>[0], path: string, isExecutable = false, buildId?: string) =>
  [
    ...localBinaries(options, images).binaries({ path, isExecutable, ...(buildId === undefined ? {} : { buildId }) }),
  ].map((image) => image.path.slice(folder.length + 1));

describe('binaries of a core', () => {
  it('are looked for under the sysroot, and not on this machine then', () => {
    expect(found({ sysroot }, '/opt/program')).toEqual(['sysroot/opt/program']);
    expect(found({ sysroot }, join(folder, 'outside'))).toEqual([]);
    expect(found({}, join(folder, 'outside'))).toEqual(['outside']);
  });

  it('do not lead out of the sysroot', () => {
    expect(found({ sysroot }, '/../outside')).toEqual([]);
    expect(found({ sysroot }, '/opt/../../outside')).toEqual([]);
  });

  it('come by build id before they come by name', () => {
    const debugDirs = [join(folder, 'debug')];
    expect(found({ sysroot, debugDirs }, '/opt/program', false, ID)).toEqual([
      `debug/.build-id/ab/${ID.slice(2)}`,
      'sysroot/opt/program',
      'debug/program',
    ]);
  });

  it('are what the user named, for the program itself alone', () => {
    const exe = join(folder, 'named');
    expect(found({ sysroot, exe }, '/opt/program', true)[0]).toBe('named');
    expect(found({ sysroot, exe }, '/opt/program', false)[0]).toBe('sysroot/opt/program');
  });

  it('are ELF files: text, folders and strange names are passed over', () => {
    for (const path of ['/opt/text', '/opt', '/opt/none', '', '/opt/\0x', 'relative'])
      expect(found({ sysroot }, path)).toEqual([]);
  });

  it('are found again by the same provider', () => {
    const provider = localBinaries({ sysroot }, images);
    for (let i = 0; i < 3; i++)
      expect([...provider.binaries({ path: '/opt/program', isExecutable: false })]).toHaveLength(1);
  });
});
