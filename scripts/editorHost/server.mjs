// Starts the local VS Code server on a free port of the loopback interface and ends it again, with everything it started.

import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { editorHostPaths } from './release.mjs';

const KEEPER = fileURLToPath(new URL('keeper.mjs', import.meta.url));
const START_LIMIT = 60_000;
const STOP_LIMIT = 8000;
const LISTENING = /HTTP server listening on http:\/\/127\.0\.0\.1:(\d+)\//;

// No gallery: the server never asks the network for extensions.
const NO_GALLERY = JSON.stringify({ serviceUrl: '' });

/**
 * @typedef {object} ServerOptions
 * @property {string} profile a folder for user data, extensions and logs
 * @property {string} [extensionsDir] where extensions are installed; a folder within the profile when absent
 * @property {string} [password] required from whoever connects; without one nobody is asked, which is for tests alone
 * @property {boolean} [disposable] the profile goes with the server, even when this process is killed
 * @property {boolean} [workspaceTrust] every workspace is trusted where it is not asked for
 * @property {boolean} [forTests] lets a page start extension tests, and turns notification toasts off
 * @property {string} [sessionSocket] where the server answers which pages are open
 * @property {NodeJS.ProcessEnv} [env] added to this process's environment
 *
 * @typedef {object} EditorServer
 * @property {number} port
 * @property {string} address with a slash at its end
 * @property {number} pid of the process that leads the server's group
 * @property {() => string} log what the server has printed
 * @property {Promise<number>} ended resolves with the exit code once the server is gone
 * @property {() => Promise<void>} stop
 */

/**
 * Folders and flags common to the server itself and to its one-shot commands.
 *
 * @param {ServerOptions} options
 */
function commonArguments({ profile, extensionsDir }) {
  const config = path.join(profile, 'server.yaml');
  const userData = path.join(profile, 'user-data');
  const extensions = extensionsDir ?? path.join(profile, 'extensions');
  for (const folder of [profile, userData, extensions]) mkdirSync(folder, { recursive: true });
  // A file of its own, or the server would read, and create, the user's.
  writeFileSync(config, 'cert: false\n');
  return ['--config', config, '--user-data-dir', userData, '--extensions-dir', extensions];
}

/**
 * @param {ServerOptions} options
 * @returns {NodeJS.ProcessEnv}
 */
function serverEnvironment({ profile, env, password }) {
  /** @type {NodeJS.ProcessEnv} */
  const inherited = {};
  for (const [key, value] of Object.entries(process.env)) {
    // Started from a terminal inside VS Code, these would tie the server to that window; npm's describe the checkout's scripts.
    if (!/^(VSCODE_|ELECTRON_|npm_|CODE_SERVER_|CS_|PASSWORD$|HASHED_PASSWORD$|NODE_OPTIONS$|VITEST)/.test(key)) {
      inherited[key] = value;
    }
  }
  return {
    ...inherited,
    // Its log and heartbeat files belong into the profile, not into the user's own.
    XDG_DATA_HOME: path.join(profile, 'data'),
    EXTENSIONS_GALLERY: NO_GALLERY,
    ...(password === undefined ? {} : { PASSWORD: password }),
    ...env,
  };
}

/**
 * What the page that asks for the password says; by itself it would name an environment variable nobody has heard of.
 *
 * @param {string} profile
 */
function greeting(profile) {
  const file = path.join(profile, 'greeting.json');
  const texts = {
    LOGIN_BELOW: 'Sample cores in a VS Code of this machine.',
    LOGIN_USING_ENV_PASSWORD: 'The password stands on the terminal that runs npm start.',
  };
  writeFileSync(file, JSON.stringify(texts));
  return ['--app-name', 'Redzone', '--i18n', file];
}

/**
 * @param {ServerOptions} options
 * @returns {Promise<EditorServer>}
 */
export async function startEditorServer(options) {
  const { node, entry } = editorHostPaths();
  const args = [
    entry,
    ...commonArguments(options),
    '--bind-addr',
    '127.0.0.1:0',
    '--auth',
    options.password === undefined ? 'none' : 'password',
    ...(options.password === undefined ? [] : greeting(options.profile)),
    ...(options.sessionSocket === undefined ? [] : ['--session-socket', options.sessionSocket]),
    '--disable-telemetry',
    '--disable-update-check',
    ...(options.workspaceTrust ? [] : ['--disable-workspace-trust']),
    '--disable-getting-started-override',
    '--ignore-last-opened',
    '--reconnection-grace-time',
    options.forTests ? '5' : '10800',
    ...(options.forTests ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
  ];
  const remove = options.disposable ? ['--remove', options.profile] : [];
  const child = spawn(process.execPath, [KEEPER, ...remove, node, ...args], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: serverEnvironment(options),
  });
  let output = '';
  /** @type {Promise<number>} */
  const ended = new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1));
    child.once('error', () => resolve(127));
  });
  const stop = async () => {
    child.stdin.destroy();
    const limit = setTimeout(() => {
      if (child.pid !== undefined) {
        try {
          process.kill(-child.pid, 'SIGKILL');
        } catch {
          // It ended in the meantime.
        }
      }
    }, STOP_LIMIT);
    await ended;
    clearTimeout(limit);
  };

  /** @type {Promise<number>} */
  const listening = new Promise((resolve) => {
    const read = (/** @type {Buffer} */ data) => {
      output += data.toString();
      const port = LISTENING.exec(output)?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
  });
  /** @type {NodeJS.Timeout | undefined} */
  let limit;
  const timeout = new Promise((_, reject) => {
    limit = setTimeout(() => reject(new Error(`The VS Code server was not ready in time:\n${output}`)), START_LIMIT);
  });
  const failed = ended.then((code) => {
    throw new Error(`The VS Code server ended with code ${String(code)} before it was ready:\n${output}`);
  });
  try {
    const port = /** @type {number} */ (await Promise.race([listening, failed, timeout]));
    failed.catch(() => undefined);
    const address = `http://127.0.0.1:${String(port)}/`;
    return { port, address, pid: child.pid ?? 0, log: () => output, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(limit);
  }
}

/**
 * Installs a packaged extension into the profile's extensions folder.
 *
 * @param {ServerOptions & { vsix: string }} options
 * @returns {Promise<void>}
 */
export async function installExtension(options) {
  const { node, entry } = editorHostPaths();
  const args = [entry, ...commonArguments(options), '--install-extension', options.vsix, '--force'];
  const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'], env: serverEnvironment(options) });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (/** @type {Buffer} */ data) => (output += data.toString()));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0 || !output.includes('successfully installed')) {
    throw new Error(`The extension ${options.vsix} could not be installed:\n${output}`);
  }
}
