import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundles, copies } from '../../scripts/bundles.mjs';
import { repositoryFiles, ROOT } from './checkout.js';

/** What the build makes, whether or not it has run. */
const BUILT = new Set([...bundles.map(({ outfile }) => outfile), ...copies.map(({ to }) => to)]);

const TOP_FOLDERS = new Set(
  readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git')
    .map(({ name }) => name),
);

describe.each([
  { document: 'ARCHITECTURE.md', least: 20 },
  { document: 'README.md', least: 3 },
])('$document', ({ document, least }) => {
  it('names only what exists', () => {
    expect(existsSync(join(ROOT, document)), `${document} is missing`).toBe(true);
    const paths = pathsNamed(readFileSync(join(ROOT, document), 'utf8'));
    expect(paths.length, 'fewer paths were found than there should be').toBeGreaterThanOrEqual(least);
    expect(paths.filter((path) => !BUILT.has(path) && !existsSync(join(ROOT, dirname(document), path)))).toEqual([]);
  });
});

it('ARCHITECTURE.md leaves no folder of the sources out', () => {
  const text = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
  const folders = [
    ...new Set(repositoryFiles('src/**/*.ts').map((file) => /^src\/(engine\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? file)),
  ];
  expect(folders.length).toBeGreaterThan(10);
  expect(folders.filter((folder) => !text.includes(`\`${folder}\``))).toEqual([]);
});

describe('paths in a document', () => {
  it('are targets of links, and words of code that begin in a folder of the repository', () => {
    const text =
      'See [x](docs/gone.md#part) and [y](https://a.b/c), `node src/gone.ts`, `*.core`, `core.js`.\n```\nsrc/no\n```\n';
    expect(pathsNamed(text)).toEqual(['docs/gone.md', 'src/gone.ts']);
  });
});

function pathsNamed(markdown: string): string[] {
  const prose = markdown.replace(/^```.*?^```/gms, '');
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target.replace(/#.*$/, ''));
  const words = [...prose.matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) => code.split(/\s+/));
  return [
    ...links.filter((target) => target !== '' && !/^[a-z]+:/.test(target)),
    ...words.filter((word) => TOP_FOLDERS.has(word.split('/')[0] ?? '') && !/[*<>{}|]/.test(word)),
    ...words.filter((word) => /^[\w.-]+\.(config|engine|node)\.\w+$/.test(word)),
  ];
}
