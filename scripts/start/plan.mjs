// Where `npm start` shows the samples after it has labelled them. Decided before anything is installed, so that a run which ends on
// the terminal installs nothing for an editor.

import path from 'node:path';

/**
 * @typedef {object} Plan
 * @property {'none' | 'desktop' | 'browser'} editor
 * @property {string} [code] the user's own `code`
 * @property {string} [reason] said at the end, where there is no editor
 */

export const USAGE = `npm start                   label the sample cores, then open them in VS Code
npm start -- --browser      open them in a browser-hosted VS Code on this machine, even without a display
npm start -- --no-editor    end after the labels`;

/**
 * @param {object} circumstances
 * @param {string[]} circumstances.args
 * @param {NodeJS.ProcessEnv} circumstances.env
 * @param {boolean} circumstances.terminal whether someone is looking at this
 * @param {string | undefined} circumstances.code what `code` on the path is
 * @returns {Plan | undefined} nothing for arguments that are not known
 */
export function decide({ args, env, terminal, code }) {
  if (args.some((argument) => argument !== '--browser' && argument !== '--no-editor')) return undefined;
  if (args.includes('--no-editor')) return { editor: 'none' };
  if (args.includes('--browser')) return { editor: 'browser' };
  const how = 'To see the samples in VS Code in your browser: npm start -- --browser';
  if (env['CI'] || !terminal)
    return { editor: 'none', reason: `This is not a terminal, so no editor is opened. ${how}` };
  if (!env['DISPLAY'] && !env['WAYLAND_DISPLAY']) {
    return { editor: 'none', reason: `There is no display here, so no editor is opened. ${how}` };
  }
  if (code !== undefined && isOwnDesktop(code, env)) return { editor: 'desktop', code };
  return { editor: 'browser' };
}

/**
 * Within a terminal of a remote VS Code, and on Windows' side of WSL, `code` talks to a window that runs already and cannot be
 * given a profile of its own.
 *
 * @param {string} code
 * @param {NodeJS.ProcessEnv} env
 */
function isOwnDesktop(code, env) {
  const isRemote = env['VSCODE_IPC_HOOK_CLI'] !== undefined || code.includes(`${path.sep}remote-cli${path.sep}`);
  return !isRemote && !code.startsWith('/mnt/');
}
