// Brings everything there that a run needs, and nothing else. Says one short line when all of it was there already.

import { ensureEditorHost, isEditorHostInstalled } from '../editorHost/install.mjs';
import { ensureAzurite } from './azurite.mjs';
import { ensureSwift } from './swift.mjs';
import { say } from '../terminal/progress.mjs';
import { BUILD_TOOLS, CHROMIUM, ensureDebianPackages } from './debianPackages.mjs';
import { ensureNpmDependencies } from './npmDependencies.mjs';

/** @typedef {'chromium' | 'editorHost' | 'azurite' | 'swift'} Need */

/** @param {ReadonlySet<Need>} needs */
export async function ensure(needs) {
  const host = needs.has('editorHost');
  // Debian first: without root this is where it ends, and nobody likes to learn that after minutes of downloads.
  const debian = await ensureDebianPackages([
    ...(needs.has('chromium') ? [CHROMIUM] : []),
    ...(host && !isEditorHostInstalled() ? BUILD_TOOLS : []),
  ]);
  const npm = await ensureNpmDependencies();
  const editor = host && (await ensureEditorHost());
  const swift = needs.has('swift') && (await ensureSwift());
  const azurite = needs.has('azurite') && (await ensureAzurite());
  if (!debian && !npm && !editor && !azurite && !swift) say('Everything needed is installed.');
}
