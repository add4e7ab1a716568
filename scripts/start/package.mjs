// Packs the extension the way it would be published, so that `npm start` shows what a user would install.

import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cached, inCheckout, ROOT } from '../checkout.mjs';
import { logged } from '../terminal/command.mjs';
import { step } from '../terminal/progress.mjs';

/** @returns {Promise<string>} the .vsix file */
export async function packExtension() {
  const file = cached('start', 'redzone.vsix');
  const log = cached('logs', 'package.log');
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(log, { force: true });
  const args = [inCheckout('node_modules', '@vscode', 'vsce', 'vsce'), 'package', '--no-dependencies', '--out', file];
  await step('Packing the extension', () =>
    logged(process.execPath, [...args, '--allow-missing-repository'], { cwd: ROOT, log }),
  );
  return file;
}
