// The bundled sample cores, unpacked into a folder that opens as a workspace: the programs they crashed in lie beside them, and
// the folder's settings say so.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inCheckout } from './checkout.mjs';

/** @typedef {{ name: string, folder: string, core: string }} Sample */

/**
 * @param {string} folder
 * @returns {Promise<{ folder: string, sysroot: string, samples: Sample[] }>}
 */
export async function unpackSamples(folder) {
  // Loaded late: it needs a package that may not have been installed when this process began.
  const unpacker = new URL('test/fixtures/unpack.mjs', `file://${inCheckout()}/`).href;
  const { unpackFixtures } = /** @type {{ unpackFixtures: (target: string) => Sample[] }} */ (await import(unpacker));
  const samples = unpackFixtures(folder);
  const sysroot = path.join(folder, 'sysroot');
  const settings = {
    'redzone.sysroot': sysroot,
    'files.exclude': { sysroot: true, '**/fixture.json': true },
    // The folder lies within the checkout, whose state is not what anyone came to see.
    'git.enabled': false,
  };
  mkdirSync(path.join(folder, '.vscode'), { recursive: true });
  writeFileSync(path.join(folder, '.vscode', 'settings.json'), `${JSON.stringify(settings, undefined, 2)}\n`);
  return { folder, sysroot, samples };
}
