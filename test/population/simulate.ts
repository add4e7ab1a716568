// Prints how often fleets with nothing planted report something, how often a planted cause is the first finding, and how often the first
// finding names it, be it as one of those that nothing in the table tells apart, be it as one of those that are nearly as good; and of own
// fleets in which it is not first, whether anybody could have told.
//   npm run simulate -- [seeds, 200] [a cause, "nothing" or "all"] [fleets: "own" or "strangers"] [first seed, 0]

import { CAUSES } from './fleets/causes.js';
import { type Damage, trial } from './fleets/trial.js';
import { PLANTS } from './strangers/plants.js';
import { strangerTrial } from './strangers/trials.js';
import { type WhyMissed, whyMissed } from './whyMissed.js';

const DAMAGES: readonly Damage[] = ['none', 'gaps', 'wrong labels'];

interface Outcome {
  /** Rows of the fleet. */
  readonly crashes: number;
  readonly findings: number;
  readonly first: boolean;
  readonly named: boolean;
  readonly near: boolean;
  /** Where the planted cause was not the first finding, and it can be said. */
  readonly why?: WhyMissed | undefined;
}

interface Makers {
  readonly causes: readonly string[];
  readonly run: (cause: string | undefined, seed: number, damage: Damage) => Outcome;
}

const FLEETS: Readonly<Record<string, Makers>> = {
  own: {
    causes: Object.keys(CAUSES),
    run: (cause, seed, damage) => {
      const { table, truth, report, first, named, near } = trial(cause, seed, damage);
      const why = truth === undefined || first ? undefined : whyMissed(table, truth);
      return { crashes: report.counts.crashes, findings: report.findings.length, first, named, near, why };
    },
  },
  strangers: {
    causes: Object.keys(PLANTS),
    run: (cause, seed, damage) => {
      const { report, first, named, near } = strangerTrial(cause, seed, damage);
      return { crashes: report.counts.crashes, findings: report.findings.length, first, named, near };
    },
  },
};

/** In small fleets chance has more to say. */
const SIZES = [
  { name: 'under 500', below: 500 },
  { name: 'of 500 to 1,500', below: 1500 },
  { name: 'of more', below: Number.POSITIVE_INFINITY },
];

const WHY: Readonly<Record<WhyMissed, string>> = {
  nothing: 'with too few of it for an explanation',
  likelier: 'in which what was reported is as likely or likelier',
  chance: 'in which the planted one is likelier by no more than chance gives the best of so many',
  choice: 'in which the planted one was to be preferred',
};

function main([seeds = '200', only = 'all', wanted, from = '0']: readonly string[]): void {
  for (const [name, { causes, run }] of Object.entries(FLEETS)) {
    if (wanted !== undefined && wanted !== name) continue;
    for (const cause of ['nothing', ...causes]) {
      if (only !== 'all' && only !== cause) continue;
      for (const damage of DAMAGES) line(name, cause, damage, Number(from), Number(seeds), run);
    }
  }
}

function line(name: string, cause: string, damage: Damage, from: number, count: number, run: Makers['run']): void {
  let any = 0;
  let first = 0;
  let named = 0;
  let near = 0;
  let alone = 0;
  const missed: number[] = [];
  const whys = new Map<WhyMissed, number>();
  const bySize = new Map<string, { all: number; first: number }>(SIZES.map(({ name }) => [name, { all: 0, first: 0 }]));
  const { user: begun } = process.cpuUsage();
  for (let seed = from; seed < from + count; seed++) {
    const outcome = run(cause === 'nothing' ? undefined : cause, seed, damage);
    const size = bySize.get(SIZES.find(({ below }) => outcome.crashes < below)?.name ?? '');
    if (size !== undefined) {
      size.all++;
      if (cause === 'nothing' ? outcome.findings > 0 : outcome.first) size.first++;
    }
    if (outcome.why !== undefined) whys.set(outcome.why, (whys.get(outcome.why) ?? 0) + 1);
    if (outcome.findings > 0) any++;
    if (outcome.first) first++;
    if (outcome.named) named++;
    if (outcome.near) near++;
    if (outcome.first && outcome.findings === 1) alone++;
    if (cause === 'nothing' ? outcome.findings > 0 : !outcome.first) missed.push(seed);
  }
  const seconds = ((process.cpuUsage().user - begun) / 1e6 / count).toFixed(2);
  const figures =
    cause === 'nothing'
      ? `${any} of ${count} report something`
      : `first in ${first} of ${count}, named by the first in ${named}, at least as nearly as good in ${near}, and nothing else in ${alone}`;
  const sizes = [...bySize].filter(([, { all }]) => all > 0);
  const parts = sizes.map(([size, { all, first: found }]) => `${found} of ${all} ${size}`).join(', ');
  const told = [...whys].map(([why, fleets]) => `${fleets} ${WHY[why]}`).join(', ');
  const reasons = told === '' ? '' : `; not first: ${told}`;
  const seeds = missed.length > 0 ? `; seeds ${missed.join(' ')}` : '';
  console.log(
    `${name.padEnd(10)} ${cause.padEnd(22)} ${damage.padEnd(13)} ${figures}; ${parts} crashes${reasons}; ${seconds} s of processor a fleet${seeds}`,
  );
}

main(process.argv.slice(2));
