// Asks R again for the answers that the statistics are tested against, and compares them with those recorded.
//   npm run check:oracles            (needs Rscript: apt-get install r-base-core)

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { inCheckout } from './checkout.mjs';

const asked = spawnSync('Rscript', [inCheckout('test/population/oracle/answers.R')], {
  encoding: 'utf8',
  maxBuffer: 64 << 20,
});
if (asked.error !== undefined || asked.status !== 0) {
  console.error(`R did not answer: ${asked.error?.message ?? asked.stderr}`);
  process.exit(1);
}
const recorded = readFileSync(inCheckout('test/population/oracle/answers.csv'), 'utf8');
if (asked.stdout.trim() === recorded.trim())
  console.log(`R says the same: ${recorded.trim().split('\n').length} answers`);
else {
  const now = asked.stdout.trim().split('\n');
  const differing = recorded
    .trim()
    .split('\n')
    .findIndex((line, i) => line !== now[i]);
  console.error(`R says something else from line ${differing + 1} on: ${now[differing] ?? '(nothing)'}`);
  process.exit(1);
}
