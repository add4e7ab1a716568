// `npm start`: sets everything up, builds, labels the bundled sample cores on the terminal, and opens them in VS Code.

import path from 'node:path';
import { cached, ROOT } from './checkout.mjs';
import { unpackSamples } from './samples.mjs';
import { findProgram } from './setup/debianPackages.mjs';
import { ensure } from './setup/ensure.mjs';
import { openBrowserHosted } from './start/browserHosted.mjs';
import { openDesktop } from './start/desktop.mjs';
import { decide, USAGE } from './start/plan.mjs';
import { endChildrenOnSignals, logged, onTerminal, SetupError } from './terminal/command.mjs';
import { say, step } from './terminal/progress.mjs';

// What opens first: a plain crash with a deep stack, which shows every part of the page.
const FIRST = 'null-deep';

async function main() {
  const args = process.argv.slice(2);
  const plan = decide({ args, env: process.env, terminal: process.stdout.isTTY, code: findProgram('code') });
  if (plan === undefined) throw new SetupError(`Unknown: ${args.join(' ')}\n\n${USAGE}`, 2);

  await ensure(new Set(plan.editor === 'browser' ? [/** @type {const} */ ('editorHost')] : []));
  await step('Building', () =>
    logged(process.execPath, ['scripts/build.mjs'], { cwd: ROOT, log: cached('logs', 'build.log') }),
  );
  const { folder, sysroot, samples } = await step('Unpacking the sample cores', () =>
    unpackSamples(cached('start', 'samples')),
  );

  // Relative, so that the lines are short and can be typed again.
  const [cores, root] = [folder, sysroot].map((place) => path.relative(ROOT, place));
  const triageArgs = ['triage', String(cores), '--sysroot', String(root)];
  say(`\n$ redzone ${triageArgs.join(' ')}\n`);
  const triage = await onTerminal(process.execPath, ['dist/cli.js', ...triageArgs], {
    cwd: ROOT,
  });
  // 1 says that a core could not be read whole, which is true of the truncated sample.
  if (triage > 1) throw new SetupError(`redzone triage ended with exit code ${String(triage)}.`);

  if (plan.editor === 'none') {
    if (plan.reason !== undefined) say(`\n${plan.reason}`);
    return 0;
  }
  const core = (samples.find(({ name }) => name === FIRST) ?? samples[0])?.core ?? folder;
  if (plan.editor === 'browser') return openBrowserHosted({ folder, core });
  await openDesktop(plan.code ?? 'code', { folder, core });
  return 0;
}

endChildrenOnSignals();
try {
  process.exitCode = await main();
} catch (error) {
  const expected = error instanceof SetupError;
  say(expected ? error.message : String(error instanceof Error ? error.stack : error));
  process.exitCode = expected ? error.exitCode : 1;
}
