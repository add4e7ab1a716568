// Runs the tests of test/editor/suite inside the extension host of a real VS Code, through @vscode/test-electron. Which VS Code:
// the local one of test/editor/host; with REDZONE_VSCODE_PATH the desktop build at that path; with REDZONE_VSCODE=download the one
// that @vscode/test-electron downloads.

import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import * as esbuild from 'esbuild';
import { cached, inCheckout } from '../../scripts/checkout.mjs';
import { testFiles } from '../../scripts/suites.mjs';
import { writeUserSettings } from '../../scripts/editorHost/settings.mjs';
import { prepareWorkspace } from './workspace.mjs';

const LAUNCHER = fileURLToPath(new URL('host/launcher.mjs', import.meta.url));

/** @returns {Promise<string>} the built entry of the suite */
async function build() {
  const files = testFiles().filter((file) => file.startsWith('editor/suite/'));
  const outdir = cached('editor-suite');
  rmSync(outdir, { recursive: true, force: true });
  await esbuild.build({
    stdin: {
      contents: [
        `import { runWith } from './test/editor/suite/runner.ts';`,
        `export const run = () => runWith(() => { ${files.map((file) => `require('./test/${file}');`).join(' ')} });`,
      ].join('\n'),
      resolveDir: inCheckout(),
      loader: 'ts',
    },
    outfile: path.join(outdir, 'index.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // The editor provides one, and mocha wants to be itself.
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return path.join(outdir, 'index.js');
}

/** @returns {Partial<import('@vscode/test-electron/out/runTest.js').TestOptions>} */
function whichEditor() {
  const named = process.env['REDZONE_VSCODE_PATH'];
  if (named) return { vscodeExecutablePath: named };
  if (process.env['REDZONE_VSCODE'] === 'download') return { cachePath: cached('vscode-test') };
  return { vscodeExecutablePath: LAUNCHER };
}

const [folder, extensionTestsPath] = await Promise.all([prepareWorkspace(), build()]);
const profile = cached('editor-profile');
rmSync(profile, { recursive: true, force: true });
mkdirSync(path.join(profile, 'extensions'), { recursive: true });
const userDataDir = path.join(profile, 'user-data');
writeUserSettings(userDataDir);
const report = process.env['REDZONE_TEST_REPORT'] ?? cached('results', 'editor-suite.json');
mkdirSync(path.dirname(report), { recursive: true });

try {
  await runTests({
    ...whichEditor(),
    extensionDevelopmentPath: inCheckout(),
    extensionTestsPath,
    extensionTestsEnv: { REDZONE_TEST_REPORT: report },
    launchArgs: [folder, `--user-data-dir=${userDataDir}`, `--extensions-dir=${path.join(profile, 'extensions')}`],
  });
} catch (error) {
  // The tests have told what failed; this is only their exit code.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
