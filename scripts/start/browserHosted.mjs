// Opens the samples in a VS Code that this machine serves to a browser: on the loopback interface, with a password made up for
// this one run, and gone when the terminal is.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cached } from '../checkout.mjs';
import { openInFirstSession } from '../editorHost/openInSession.mjs';
import { installExtension, startEditorServer } from '../editorHost/server.mjs';
import { writeUserSettings } from '../editorHost/settings.mjs';
import { endOnSignals } from '../terminal/command.mjs';
import { say, step } from '../terminal/progress.mjs';
import { packExtension } from './package.mjs';

/**
 * @param {{ folder: string, core: string }} samples
 * @returns {Promise<number>} the exit code, if the server ends without having been told to
 */
export async function openBrowserHosted({ folder, core }) {
  const vsix = await packExtension();
  const profile = cached('start', 'browser');
  const password = randomBytes(12).toString('base64url');
  writeUserSettings(`${profile}/user-data`, {
    // Terminals in the editor are the user's, unlike the server's own files.
    'terminal.integrated.env.linux': { XDG_DATA_HOME: process.env['XDG_DATA_HOME'] ?? null },
  });
  // Short: the kernel limits a socket's name to 107 bytes.
  const sockets = mkdtempSync(path.join(tmpdir(), 'rz-'));
  const sessionSocket = path.join(sockets, 'session');
  const server = await step('Starting the local VS Code', async () => {
    await installExtension({ profile, vsix });
    return startEditorServer({ profile, password, sessionSocket });
  });

  const address = new URL(server.address);
  address.searchParams.set('folder', folder);
  say(
    [
      '',
      'VS Code with the sample cores is served on this machine alone.',
      '',
      `    Address    ${address.href}`,
      `    Password   ${password}`,
      '',
      'It ends with this terminal: press Ctrl+C.',
    ].join('\n'),
  );

  let isEnding = false;
  endOnSignals(async () => {
    isEnding = true;
    say('\nEnding the local VS Code.');
    await server.stop();
    rmSync(sockets, { recursive: true, force: true });
    // Ctrl+C is how this is meant to end: no failure.
    process.exit(0);
  });
  openInFirstSession(sessionSocket, core).catch(() => undefined);
  const code = await server.ended;
  rmSync(sockets, { recursive: true, force: true });
  if (!isEnding) say(`\nThe local VS Code ended by itself with code ${String(code)}:\n${server.log().slice(-2000)}`);
  return 1;
}
