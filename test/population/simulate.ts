// Prints how often fleets with nothing planted report something, and how often a planted cause is the first finding.
//   npm run simulate -- [seeds, 200] [a cause, or "nothing"]

import { CAUSES } from './fleets/causes.js';
import { type Damage, trial } from './fleets/trial.js';

const DAMAGES: readonly Damage[] = ['none', 'gaps', 'wrong labels'];

function main([seeds = '200', only]: readonly string[]): void {
  const count = Number(seeds);
  for (const cause of ['nothing', ...Object.keys(CAUSES)]) {
    if (only !== undefined && only !== cause) continue;
    for (const damage of DAMAGES) {
      let any = 0;
      let first = 0;
      let alone = 0;
      const missed: number[] = [];
      const begun = performance.now();
      for (let seed = 0; seed < count; seed++) {
        const result = trial(cause === 'nothing' ? undefined : cause, seed, damage);
        if (result.report.findings.length > 0) any++;
        if (result.first) first++;
        if (result.first && result.alone) alone++;
        if (cause === 'nothing' ? result.report.findings.length > 0 : !result.first) missed.push(seed);
      }
      const seconds = ((performance.now() - begun) / 1000 / count).toFixed(2);
      const figures =
        cause === 'nothing'
          ? `${any} of ${count} report something`
          : `first in ${first} of ${count}, and nothing else in ${alone}`;
      console.log(
        `${cause.padEnd(22)} ${damage.padEnd(13)} ${figures}; ${seconds} s a fleet${missed.length > 0 ? `; seeds ${missed.slice(0, 20).join(' ')}` : ''}`,
      );
    }
  }
}

main(process.argv.slice(2));
