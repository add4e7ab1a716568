import { readFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, repositoryFiles } from './checkout.js';

const CODE = ['src', 'webview', 'scripts', 'test', 'syntaxes']
  .flatMap((folder) => ['ts', 'mts', 'mjs', 'cjs', 'css', 'sh', 'c', 'cc'].map((ending) => `${folder}/**/*.${ending}`))
  .concat('*.mjs', '*.mts', '*.cjs');

describe('files of code', () => {
  const files = repositoryFiles(...CODE);

  it('are found', () => {
    expect(files.length).toBeGreaterThan(300);
  });

  it('have 500 lines at most', () => {
    const long = files.map((file) => ({ file, lines: read(file).split('\n').length - 1 }));
    expect(long.filter(({ lines }) => lines > 500)).toEqual([]);
  });

  it('are named for what they hold', () => {
    const vague =
      /(^|[/._-])(utils?|common|helpers?|misc|shared(?!\/))(?=[/._-]|$)|(Utils?|Common|Helpers?|Misc)(?=[/.A-Z])/;
    const named = files.filter((file) => !file.startsWith('test/architecture/planted/'));
    expect(named.filter((file) => vague.test(file))).toEqual([]);
  });

  it('are named in camel case, in the sources', () => {
    const sources = files.filter((file) => /^(src|webview)\/.*\.ts$/.test(file));
    expect(sources.filter((file) => !/^[a-z][A-Za-z0-9]*(_64)?(\.d)?\.ts$/.test(basename(file)))).toEqual([]);
  });
});

describe('the text of the repository', () => {
  const texts = repositoryFiles('**')
    .map((file) => ({ file, bytes: readFileSync(join(ROOT, file)) }))
    .filter(({ bytes }) => !bytes.includes(0))
    .map(({ file, bytes }) => ({ file, text: bytes.toString('utf8') }));

  it.each([
    ['where it lies', `${ROOT}/`],
    ['what lies beside it', `${dirname(ROOT)}/shared`],
    ['whose machine this is', `${homedir()}/`],
    ['how the machine is called', hostname()],
  ])('does not know %s', (_what, words) => {
    // Short or everyday names prove nothing.
    if (words.split(/[/-]/).length < 2 || words.length < 6) return;
    expect(texts.filter(({ text }) => text.includes(words)).map(({ file }) => file)).toEqual([]);
  });

  it('names no home folder', () => {
    const home = new RegExp(`/(${['home', 'Users'].join('|')})/(?!user/|me/|you/)[a-z]`);
    expect(texts.filter(({ text }) => home.test(text)).map(({ file }) => file)).toEqual([]);
  });

  it('takes packages from the public registry alone', () => {
    const lock = read('package-lock.json');
    const hosts = [...lock.matchAll(/"resolved": "([^"]+)"/g)].map(([, url = '']) => new URL(url).origin);
    expect(hosts.filter((host) => host !== 'https://registry.npmjs.org')).toEqual([]);
    expect(repositoryFiles('**/.npmrc', '.npmrc')).toEqual([]);
  });
});

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}
