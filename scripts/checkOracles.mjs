// Asks the tools again whose recorded answers the tests compare with, and installs those of them that are missing. As root: sample programs
// are put where they were, in a mount namespace.
//   npm run check:oracles

import { ensureDebianPackages, ORACLES } from './setup/debianPackages.mjs';
import { ensureNpmDependencies } from './setup/npmDependencies.mjs';
import { SetupError } from './terminal/command.mjs';

try {
  await ensureDebianPackages(ORACLES);
  await ensureNpmDependencies();
  // Only now: one of them needs what npm has installed.
  const { checkNames } = await import('./oracles/names.mjs');
  const { checkSourceLines } = await import('./oracles/sourceLines.mjs');
  const { checkStacks } = await import('./oracles/stacks.mjs');
  const { checkStatistics } = await import('./oracles/statistics.mjs');
  for (const check of [checkStatistics, checkSourceLines, checkNames, checkStacks]) {
    try {
      console.log(await check());
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
