// Builds every bundle of scripts/bundles.mjs; `--watch` keeps building.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as esbuild from 'esbuild';
import { bundles, copies } from './bundles.mjs';

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
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
  };
  if (watch) await (await esbuild.context(options)).watch();
  else await esbuild.build(options);
  if (bundle.banner && existsSync(bundle.outfile)) chmodSync(bundle.outfile, 0o755);
}
console.log(watch ? 'watching' : `built ${bundles.length} bundles`);
