// Bundles test/calibration/main.ts and runs it: how far the confidences of the verdicts can be believed.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { cached, inCheckout } from './checkout.mjs';

const folder = cached('calibrate');
mkdirSync(folder, { recursive: true });
const outfile = path.join(folder, 'calibrate.cjs');
esbuild.buildSync({
  entryPoints: [inCheckout('test/calibration/main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  logLevel: 'error',
  // Where the bundled files stood: two folders below the checkout, as they expect.
  define: {
    'import.meta.dirname': JSON.stringify(inCheckout('test/golden')),
    'import.meta.url': JSON.stringify(pathToFileURL(inCheckout('test/fixtures/unpack.mjs')).href),
  },
});
copyFileSync(inCheckout('node_modules/iced-x86/iced_x86_bg.wasm'), path.join(folder, 'iced_x86_bg.wasm'));
const { status } = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);
