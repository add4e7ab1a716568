// Brings everything there that a run needs, and nothing else. Says one short line when all of it was there already.

import { ensureEditorHost, isEditorHostInstalled } from '../editorHost/install.mjs';
import { say } from '../terminal/progress.mjs';
import { BUILD_TOOLS, CHROMIUM, ensureDebianPackages } from './debianPackages.mjs';
import { ensureNpmDependencies } from './npmDependencies.mjs';

/** @typedef {'chromium' | 'editorHost'} Need */

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
  if (!debian && !npm && !editor) say('Everything needed is installed.');
}
