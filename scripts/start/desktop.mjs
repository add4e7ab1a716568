// Opens the samples in the user's own VS Code, with folders of our own for settings and extensions: theirs are neither read nor
// written, and removing .cache removes every trace.

import { mkdirSync, rmSync } from 'node:fs';
import { cached } from '../checkout.mjs';
import { writeUserSettings } from '../editorHost/settings.mjs';
import { logged } from '../terminal/command.mjs';
import { say } from '../terminal/progress.mjs';
import { packExtension } from './package.mjs';

/**
 * @param {string} code
 * @param {{ folder: string, core: string }} samples
 */
export async function openDesktop(code, { folder, core }) {
  const vsix = await packExtension();
  const userData = cached('start', 'code', 'user-data');
  const extensions = cached('start', 'code', 'extensions');
  mkdirSync(extensions, { recursive: true });
  writeUserSettings(userData);
  const profile = [
    '--user-data-dir',
    userData,
    '--extensions-dir',
    extensions,
    // VS Code refuses to run as root unless its sandbox is off.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
  const log = cached('logs', 'code.log');
  rmSync(log, { force: true });
  await logged(code, [...profile, '--install-extension', vsix, '--force'], { log });
  await logged(code, [...profile, '--disable-workspace-trust', '--new-window', folder, core], { log });
  say(`\nVS Code is open with the sample cores, in a profile of its own: ${cached('start', 'code')}`);
}
