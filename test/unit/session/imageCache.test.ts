import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ImageCache } from '../../../src/session/imageCache.js';
import { sample, TestFolder } from '../modules/samples.js';

const folder = new TestFolder();
const caches: ImageCache[] = [];
afterEach(() => {
  for (const cache of caches.splice(0)) cache.dispose();
});

afterAll(() => {
  folder.dispose();
});

function cache(limits: ConstructorParameters<typeof ImageCache>[0] = {}): ImageCache {
  const made = new ImageCache(limits);
  caches.push(made);
  return made;
}

function copies(count: number): string[] {
  return Array.from({ length: count }, (_, i) => folder.write(`copy${i}`, sample('plt-lazy')));
}

describe('binaries of a run', () => {
  it('are opened once', () => {
    const images = cache();
    const [path = ''] = copies(1);
    expect(images.open(path)).toBe(images.open(path));
    expect(images.open(join(folder.path, 'none'))).toBeUndefined();
    expect(images.open(folder.path)).toBeUndefined();
  });

  it('are forgotten when there are too many; one that is still held can be read', () => {
    const images = cache({ images: 3 });
    const opened = copies(8).map((path) => images.open(path));
    expect(images.size).toBe(3);
    for (const image of opened) expect(image?.symbols.findByName('later')?.name).toBe('later');
  });

  it('give up their descriptors and open themselves again', () => {
    const images = cache({ descriptors: 2 });
    const opened = copies(8).map((path) => images.open(path));
    expect(images.size).toBe(8);
    for (const image of opened) expect(image?.readLink(image.entryAddress, 4)).toHaveLength(4);
  });

  it('are forgotten when their tables hold too much', () => {
    const images = cache({ bytes: 1 });
    for (const path of copies(70)) expect(images.open(path)?.symbols.size).toBeGreaterThan(0);
    expect(images.size).toBeLessThanOrEqual(2);
    expect(cache().heldBytes).toBe(0);
  });

  it('that were replaced while they were parked give nothing of the new file', () => {
    const images = cache({ descriptors: 0 });
    const path = folder.write('replaced', sample('plt-lazy'));
    const image = images.open(path);
    images.open(copies(1)[0] ?? '');
    renameSync(folder.write('new', sample('plt-now')), path);
    writeFileSync(path, sample('plt-ibt'));
    expect(image?.symbols.size).toBe(0);
  });

  it('are found under names that are not UTF-8', () => {
    const name = Buffer.concat([
      Buffer.from(`${folder.path}/na`),
      Buffer.from([0xef]),
      Buffer.from('ve caf\u00e9', 'latin1'),
    ]);
    writeFileSync(name, sample('plt-lazy'));
    expect(cache().open(name.toString('latin1'))?.symbols.findByName('later')).toBeDefined();
    const utf8 = folder.write('naïve café', sample('plt-lazy'));
    expect(cache().open(utf8)?.symbols.findByName('later')).toBeDefined();
  });
});
