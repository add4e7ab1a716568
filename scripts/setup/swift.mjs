// OpenStack Swift, an object store that speaks S3, from Debian: five small servers for one suite of tests. Where it cannot be installed the
// suite is skipped by name.

import { ensureDebianPackages, findProgram } from './debianPackages.mjs';
import { say } from '../terminal/progress.mjs';

const SERVERS = ['swift-proxy', 'swift-account', 'swift-container', 'swift-object'];

export function isSwiftInstalled() {
  const programs = [...SERVERS.map((name) => `${name}-server`), 'swift-ring-builder', 'memcached'];
  return programs.every((program) => findProgram(program) !== undefined);
}

/** @returns {Promise<boolean>} whether it was installed now */
export async function ensureSwift() {
  if (isSwiftInstalled()) return false;
  if (findProgram('apt-get') === undefined || process.getuid?.() !== 0) {
    say('OpenStack Swift is not installed: the tests of S3 on it are skipped.');
    return false;
  }
  return ensureDebianPackages([
    ...SERVERS.map((name) => ({ name, programs: [`${name}-server`] })),
    { name: 'memcached', programs: ['memcached'] },
  ]);
}
