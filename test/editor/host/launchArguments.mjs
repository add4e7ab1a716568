// The part of VS Code's command line that a test run uses. Unknown options are left alone: they ask a desktop window for things
// that a page does not have.

import path from 'node:path';

/**
 * @param {string[]} args
 * @returns {{ extensionDevelopmentPaths: string[], extensionTestsPath?: string, userDataDir?: string, extensionsDir?: string, paths: string[] }}
 */
export function parseLaunchArguments(args) {
  /** @type {ReturnType<typeof parseLaunchArguments>} */
  const parsed = { extensionDevelopmentPaths: [], paths: [] };
  const rest = [...args];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (!argument.startsWith('--')) {
      parsed.paths.push(path.resolve(argument));
      continue;
    }
    const equals = argument.indexOf('=');
    const name = equals < 0 ? argument : argument.slice(0, equals);
    const value = () => (equals < 0 ? (rest.shift() ?? '') : argument.slice(equals + 1));
    if (name === '--extensionDevelopmentPath') parsed.extensionDevelopmentPaths.push(path.resolve(value()));
    else if (name === '--extensionTestsPath') parsed.extensionTestsPath = path.resolve(value());
    else if (name === '--user-data-dir') parsed.userDataDir = path.resolve(value());
    else if (name === '--extensions-dir') parsed.extensionsDir = path.resolve(value());
  }
  return parsed;
}
