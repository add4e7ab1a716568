// Rates of false alarms and of causes found, over made-up fleets: see test/population/simulate.ts.
//   npm run simulate -- [seeds, 200] [a cause, "nothing" or "all"] [fleets: "own" or "strangers"] [first seed, 0]

import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';
import { inCheckout } from './checkout.mjs';

const outfile = inCheckout('.cache/simulate.cjs');
await build({
  entryPoints: [inCheckout('test/population/simulate.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  logLevel: 'error',
});
process.exit(spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1);
