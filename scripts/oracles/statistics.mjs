// R's answers that the statistics are tested against.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { inCheckout } from '../checkout.mjs';

/** @returns {string} what was found; @throws when R is not here or says something else */
export function checkStatistics() {
  const asked = spawnSync('Rscript', [inCheckout('test/population/oracle/answers.R')], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (asked.error !== undefined || asked.status !== 0) {
    throw new Error(`R did not answer (apt-get install r-base-core): ${asked.error?.message ?? asked.stderr}`);
  }
  const recorded = readFileSync(inCheckout('test/population/oracle/answers.csv'), 'utf8').trim().split('\n');
  const now = asked.stdout.trim().split('\n');
  const differing = Array.from({ length: Math.max(now.length, recorded.length) }).findIndex(
    (_, i) => recorded[i] !== now[i],
  );
  if (differing >= 0)
    throw new Error(`R says something else from line ${differing + 1} on: ${now[differing] ?? '(nothing)'}`);
  return `R says the same: ${recorded.length} answers`;
}
