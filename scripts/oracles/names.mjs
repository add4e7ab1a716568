// c++filt over every symbol of libstdc++ and of the large C++ and Rust libraries that are here, against our demangler.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { inCheckout } from '../checkout.mjs';

const TOOLCHAINS = path.join(process.env['HOME'] ?? '/', '.rustup/toolchains');

/** Each the first that is here. */
const LIBRARIES = [
  () => inFolder('/usr/lib/x86_64-linux-gnu', /^libstdc\+\+\.so\.6$/),
  () => inFolder('/usr/lib/x86_64-linux-gnu', /^libclang-cpp\.so\.\d+$/),
  () => namesIn(TOOLCHAINS).flatMap((each) => inFolder(path.join(TOOLCHAINS, each, 'lib'), /^librustc_driver-.*\.so$/)),
];
/** Part of the names that must be equal. */
const ENOUGH = 0.999;

/** @returns {Promise<string>} what was found; @throws when a tool is not here or too many names differ */
export async function checkNames() {
  const { outputFiles } = await build({
    entryPoints: [inCheckout('src/engine/symbolize/demangle/demangle.ts')],
    bundle: true,
    format: 'esm',
    write: false,
  });
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
  /** @type {{ demangle: (name: string) => string | undefined }} */
  const { demangle } = await import(`data:text/javascript;base64,${code}`);
  const found = [];
  for (const list of LIBRARIES) {
    const [library] = list();
    if (library === undefined) continue;
    const names = symbolsOf(library);
    const input = `${names.join('\n')}\n`;
    const answers = execFileSync('c++filt', { input, encoding: 'utf8', maxBuffer: 1 << 30 }).split('\n');
    const differing = names.flatMap((name, i) => {
      const [theirs, ours] = [answers[i] ?? '', demangle(name) ?? name];
      return theirs === ours ? [] : [`${name}\n  c++filt  ${theirs}\n  ours     ${ours}`];
    });
    if (differing.length > names.length * (1 - ENOUGH)) throw new Error(differing.slice(0, 20).join('\n'));
    found.push(...differing, `${library}: ${names.length - differing.length} of ${names.length} names as c++filt says`);
  }
  return found.join('\n');
}

/**
 * @param {string} folder
 * @param {RegExp} pattern
 */
function inFolder(folder, pattern) {
  return namesIn(folder)
    .filter((name) => pattern.test(name))
    .map((name) => path.join(folder, name));
}

/** @param {string} folder */
function namesIn(folder) {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** @param {string} library */
function symbolsOf(library) {
  const text = execFileSync('nm', ['-D', '--defined-only', '--without-symbol-versions', '--format=posix', library], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  const names = text.split('\n').map((line) => line.split(' ')[0] ?? '');
  return [...new Set(names.filter((name) => /^_[ZR]/.test(name)))];
}
