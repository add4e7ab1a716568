import { afterEach, describe, expect, it } from 'vitest';
import { crc32 } from '../../../src/engine/base/crc32.js';
import { findDebugFile } from '../../../src/engine/modules/debugFile.js';
import { decodeAlternateLink, decodeDebugLink, decodeSupplementary } from '../../../src/engine/modules/debugLinks.js';
import { localBinaries } from '../../../src/session/binaryFiles.js';
import type { OpenOptions } from '../../../src/session/coreSession.js';
import { ImageCache } from '../../../src/session/imageCache.js';
import { sample, TestFolder } from './samples.js';

const folders: TestFolder[] = [];
const caches: ImageCache[] = [];
afterEach(() => {
  for (const cache of caches.splice(0)) cache.dispose();
  for (const folder of folders.splice(0)) folder.dispose();
});

function folder(): TestFolder {
  const made = new TestFolder();
  folders.push(made);
  return made;
}

/** The debug file found for a binary, and the sentences about those that were refused. */
function found(
  path: string,
  options: OpenOptions = {},
): { readonly path: string | undefined; readonly refused: string[] } {
  const images = new ImageCache();
  caches.push(images);
  const image = images.open(path);
  if (image === undefined) throw new Error(`${path} cannot be opened`);
  const { buildId } = image;
  const refused: string[] = [];
  const request = { image, ...(buildId === undefined ? {} : { buildId }) };
  return { path: findDebugFile(localBinaries(options, images), request, refused)?.path, refused };
}

function buildIdOf(name: string): string {
  const bytes = Buffer.from(sample(name));
  return bytes.subarray(bytes.indexOf('GNU\0') + 4, bytes.indexOf('GNU\0') + 24).toString('hex');
}

describe('a debug file', () => {
  it.each(['byid', 'bycrc'])('is found by its link beside the binary: %s', (name) => {
    const here = folder();
    const binary = here.write(name, sample(name));
    const debug = here.write(`${name}.debug`, sample(`${name}.debug`));
    expect(found(binary)).toEqual({ path: debug, refused: [] });
  });

  it('is found in .debug, and under a debug folder at the place of the binary', () => {
    const [here, root] = [folder(), folder()];
    const binary = here.write('bycrc', sample('bycrc'));
    root.makeFolder(here.path);
    const under = root.write(`${here.path}/bycrc.debug`, sample('bycrc.debug'));
    expect(found(binary, { debugDirs: [root.path] })).toEqual({ path: under, refused: [] });
    here.makeFolder('.debug');
    const hidden = here.write('.debug/bycrc.debug', sample('bycrc.debug'));
    expect(found(binary, { debugDirs: [root.path] })).toEqual({ path: hidden, refused: [] });
  });

  it('of a binary in a sysroot lies under the debug folder without the sysroot', () => {
    const root = folder();
    root.makeFolder('opt/shop');
    const binary = root.write('opt/shop/bycrc', sample('bycrc'));
    root.makeFolder('usr/lib/debug/opt/shop');
    const debug = root.write('usr/lib/debug/opt/shop/bycrc.debug', sample('bycrc.debug'));
    expect(found(binary, { sysroot: root.path })).toEqual({ path: debug, refused: [] });
  });

  it('whose build id differs is refused and named; the one found by build id wins', () => {
    const [here, root] = [folder(), folder()];
    const binary = here.write('byid', sample('byid'));
    const wrong = here.write('byid.debug', sample('byid-other.debug'));
    const [wanted, other] = [buildIdOf('byid'), buildIdOf('byid-other.debug')];
    expect(found(binary)).toEqual({
      path: undefined,
      refused: [
        `${wrong} is the debug file of another build: ${binary} has build id ${wanted}, the debug file ${other}`,
      ],
    });
    root.makeFolder(`.build-id/${wanted.slice(0, 2)}`);
    const right = root.write(`.build-id/${wanted.slice(0, 2)}/${wanted.slice(2)}.debug`, sample('byid.debug'));
    expect(found(binary, { debugDirs: [root.path] })).toEqual({ path: right, refused: [] });
  });

  it('without a build id must have the CRC of the link', () => {
    const here = folder();
    const binary = here.write('bycrc', sample('bycrc'));
    const wrong = here.write('bycrc.debug', sample('bycrc-other.debug'));
    const crc = (name: string): string => `0x${crc32(sample(name)).toString(16).padStart(8, '0')}`;
    expect(found(binary)).toEqual({
      path: undefined,
      refused: [
        `${wrong} is not the debug file that ${binary} names: its CRC is ${crc('bycrc-other.debug')}, ${crc('bycrc.debug')} is wanted`,
      ],
    });
  });

  it('of a binary with a build id may have none, if its CRC is right', () => {
    const here = folder();
    const binary = here.write('byid', sample('byid'));
    const wrong = here.write('byid.debug', sample('bycrc.debug'));
    expect(found(binary).path).toBeUndefined();
    expect(found(binary).refused[0]).toMatch(`${wrong} is not the debug file that ${binary} names: its CRC is`);
  });

  it('is found by build id alone when the binary is not here', () => {
    const root = folder();
    const id = buildIdOf('byid');
    root.makeFolder(`.build-id/${id.slice(0, 2)}`);
    const path = root.write(`.build-id/${id.slice(0, 2)}/${id.slice(2)}.debug`, sample('byid.debug'));
    const images = new ImageCache();
    caches.push(images);
    const provider = localBinaries({ debugDirs: [root.path] }, images);
    expect(findDebugFile(provider, { buildId: id }, [])?.path).toBe(path);
  });
});

describe('links', () => {
  const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

  it('to debug files have a name and a CRC behind padding', () => {
    expect(decodeDebugLink(bytes('ab.debug\0\0\0\0\x78\x56\x34\x12'), true)).toEqual({
      name: 'ab.debug',
      crc: 0x12345678,
    });
    expect(decodeDebugLink(bytes('abc\0\x12\x34\x56\x78'), false)).toEqual({ name: 'abc', crc: 0x12345678 });
  });

  it.each([
    '',
    '\0\0\0\0\0\0\0\0',
    'abc',
    'abc\0',
    'abc\0\x12\x34',
    '../a\0\0\0\0\x12\x34\x56\x78',
    '..\0\0\x12\x34\x56\x78',
  ])('that are damaged or lead elsewhere are none: %j', (text) => {
    expect(decodeDebugLink(bytes(text), true)).toBeUndefined();
  });

  it('to shared debug files have a path and a build id', () => {
    expect(decodeAlternateLink(bytes('../.dwz/x\0\x01\xff'))).toEqual({ path: '../.dwz/x', id: '01ff' });
    for (const text of ['', 'x', 'x\0', '\0\x01']) expect(decodeAlternateLink(bytes(text))).toBeUndefined();
  });

  it('of DWARF 5 have a version, a flag, a path and a checksum', () => {
    expect(decodeSupplementary(bytes('\x05\0\0x.sup\0\x02\xab\xcd'), true)).toEqual({
      path: 'x.sup',
      id: 'abcd',
      isSupplementary: false,
    });
    for (const text of ['', '\x04\0\0x\0\x01a', '\x05\0\0x', '\x05\0\0x\0', '\x05\0\0x\0\x05a'])
      expect(decodeSupplementary(bytes(text), true)).toBeUndefined();
  });

  it('are checked by the CRC of zlib', () => {
    expect(crc32(bytes('123456789'))).toBe(0xcbf43926);
    expect(crc32(bytes('6789'), crc32(bytes('12345')))).toBe(0xcbf43926);
    expect(crc32(bytes(''))).toBe(0);
  });
});
