// The folder that editor tests open: the sample cores, files that only share a core's name, and files that are none of ours.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cached } from '../../scripts/checkout.mjs';
import { unpackSamples } from '../../scripts/samples.mjs';

const FILES = {
  // A default name, but no core: the page has to say so and offer text.
  'notes.core': 'This is a text file that happens to be called a core.\n',
  'empty.core': '',
  // Names that only begin like a core's.
  'core.js': 'export const core = 1;\n',
  'core.md': '# The core of the matter\n',
  'core.py': 'core = 1\n',
};

/** @returns {Promise<string>} the folder */
export async function prepareWorkspace() {
  const { folder, sysroot, samples } = await unpackSamples(cached('editor-workspace'));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(path.join(folder, name), text);
  const core = samples.find(({ name }) => name === 'null-deep')?.core;
  if (core === undefined) throw new Error('The sample core null-deep is missing.');
  const launch = {
    version: '0.2.0',
    configurations: [{ type: 'redzone', request: 'launch', name: 'Sample core', core, sysroot }],
  };
  mkdirSync(path.join(folder, '.vscode'), { recursive: true });
  writeFileSync(path.join(folder, '.vscode', 'launch.json'), `${JSON.stringify(launch, undefined, 2)}\n`);
  return folder;
}
