// Builds every bundle of scripts/bundles.mjs; `--watch` keeps building.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import * as esbuild from 'esbuild';
import { unpackFixtures } from '../test/fixtures/unpack.mjs';
import { bundles, copies, warmUp } from './bundles.mjs';
import { cached } from './checkout.mjs';
import { firstStacks } from './dapClient.mjs';
import { leanLibraries } from './leanLibraries.mjs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const watch = process.argv.includes('--watch');

for (const { from, to } of copies) {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}
for (const bundle of bundles) {
  /** @type {import('esbuild').BuildOptions} */
  const options = {
    entryPoints: [bundle.entry],
    outfile: bundle.outfile,
    bundle: true,
    platform: bundle.platform,
    format: bundle.format,
    target: bundle.platform === 'node' ? 'node20' : 'chrome120',
    external: bundle.external ?? [],
    banner: bundle.banner ? { js: bundle.banner } : {},
    define: { VERSION: JSON.stringify(version) },
    minify: !watch,
    // Pages name their elements by class; elsewhere names cost time at every start.
    keepNames: bundle.platform === 'browser',
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    plugins: [leanLibraries],
    logLevel: 'warning',
  };
  if (watch) await (await esbuild.context(options)).watch();
  else await esbuild.build(options);
  if (bundle.banner && existsSync(bundle.outfile)) chmodSync(bundle.outfile, 0o755);
}
if (!watch) await keepMachineCode();
console.log(watch ? 'watching' : `built ${bundles.length} bundles`);

/** Ends each stamped bundle with its hash, and runs the command once, so that its machine code lies beside it (src/cli/launch.ts). */
async function keepMachineCode() {
  for (const { outfile } of bundles.filter((bundle) => bundle.stamped)) {
    const hash = createHash('sha256').update(readFileSync(outfile)).digest('hex');
    appendFileSync(outfile, `\n// ${hash}\n`);
    rmSync(`${outfile}.cache`, { force: true });
  }
  const fixtures = unpackFixtures(cached('fixtures'));
  const cores = fixtures.filter(({ name }) => warmUp.samples.includes(name)).map(({ core }) => core);
  if (cores.length !== warmUp.samples.length) throw new Error('A sample core that the command is run on is missing.');
  for (const [way, some] of /** @type {const} */ ([
    ['triage', cores],
    ['inspect', cores.slice(0, 1)],
  ])) {
    const args = [warmUp.command, way, '--sysroot', cached('fixtures', 'sysroot'), ...some];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`The built command failed on its sample cores:\n${stderr}`);
  }
  const session = await firstStacks(warmUp.command, { core: cores[0] ?? '', sysroot: cached('fixtures', 'sysroot') });
  if ((await session.end()) !== 0) throw new Error('The built debug adapter failed on a sample core.');
}
