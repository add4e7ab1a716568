// Settings under which the browser-hosted VS Code opens: nothing that greets, advertises, asks for an account or for the network.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** @type {Readonly<Record<string, unknown>>} */
export const QUIET_SETTINGS = Object.freeze({
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.editor.empty.hint': 'hidden',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.enabled': false,
  'remote.autoForwardPorts': false,
  'debug.openDebug': 'openOnSessionStart',
});

/**
 * @param {string} userDataDir
 * @param {Record<string, unknown>} [settings] added to the quiet ones, or in their place
 */
export function writeUserSettings(userDataDir, settings = {}) {
  const folder = path.join(userDataDir, 'User');
  mkdirSync(folder, { recursive: true });
  const all = { ...QUIET_SETTINGS, ...settings };
  writeFileSync(path.join(folder, 'settings.json'), `${JSON.stringify(all, undefined, 2)}\n`);
}
