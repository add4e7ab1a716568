// A profile that lives as long as one run: user data, a home folder and a folder for temporary files, so that neither the
// engineer's own settings reach into a test nor a test into them.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** @returns {{ folder: string, userDataDir: string, env: Record<string, string>, remove: () => void }} */
export function createProfile() {
  // Short, since sockets lie within and the kernel limits their names to 107 bytes.
  const folder = mkdtempSync(path.join(tmpdir(), 'rz-'));
  const home = path.join(folder, 'home');
  const temporary = path.join(folder, 't');
  for (const created of [home, temporary]) mkdirSync(created);
  const env = {
    HOME: home,
    TMPDIR: temporary,
    XDG_CACHE_HOME: path.join(home, '.cache'),
    XDG_CONFIG_HOME: path.join(home, '.config'),
  };
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  return { folder, userDataDir: path.join(folder, 'user-data'), env, remove };
}
