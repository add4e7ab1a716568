import { type JudgedCase, judgedCases } from './outcomes.js';
import { brierScore, crossValidatedBrier, type Outcome, reliabilityTable, wilson } from './statistics.js';

/**
 * `npm run calibrate`: how far the confidences can be believed, on all sample cores and on cores made from them. Arguments: `--seed N`,
 * `--every N` (only each so-manyth of the made cores), `--misses` (name the confident ones that are wrong).
 */
function main(): void {
  const cases = [...judgedCases(option('--every') ?? 1, option('--seed') ?? 1)];
  for (const [title, chosen] of [
    ['sample cores, with binaries', cases.filter((one) => one.binaries && !one.mutated)],
    ['sample cores, without binaries', cases.filter((one) => !one.binaries && !one.mutated)],
    ['made cores, with binaries', cases.filter((one) => one.binaries && one.mutated)],
    ['made cores, without binaries', cases.filter((one) => !one.binaries && one.mutated)],
    ['all', cases],
  ] as const) {
    console.log(`${title}\n${block(chosen)}`);
  }
  if (process.argv.includes('--misses')) {
    for (const one of cases.filter((miss) => !miss.right && miss.confidence >= 0.7)) console.log(missText(one));
  }
}

function block(outcomes: readonly Outcome[]): string {
  const sure = outcomes.filter(({ confidence }) => confidence >= 0.9);
  const right = sure.filter((outcome) => outcome.right).length;
  const programs = new Set(outcomes.map(({ program }) => program)).size;
  const rows = reliabilityTable(outcomes).filter(({ count }) => count > 0);
  return [
    `  ${outcomes.length} verdicts on ${programs} programs; Brier score ${brierScore(outcomes).toFixed(4)}, recalibrated on other programs ${crossValidatedBrier(outcomes).toFixed(4)}`,
    `  at 0.9 and above: ${right} of ${sure.length} right (${share(wilson(right, sure.length))}); ${percent(sure.length / outcomes.length)} of the verdicts lie there`,
    '  confidence   verdicts  right   stated  95 % interval',
    ...rows.map(
      (row) =>
        `  ${row.from.toFixed(2)} to ${row.to.toFixed(2)} ${String(row.count).padStart(8)} ${percent(row.right / row.count).padStart(8)} ${percent(row.meanConfidence).padStart(8)}  ${share(row.interval)}`,
    ),
    '',
  ].join('\n');
}

function missText({ name, binaries, truth, said, confidence }: JudgedCase): string {
  return `  ${name}${binaries ? '' : ' (no binaries)'}: ${truth}, said ${said} at ${confidence}`;
}

function share([low, high]: readonly [number, number]): string {
  return `${percent(low)} to ${percent(high)}`;
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

function option(name: string): number | undefined {
  const index = process.argv.indexOf(name);
  const value = index < 0 ? undefined : Number(process.argv[index + 1]);
  return value !== undefined && Number.isInteger(value) && value > 0 ? value : undefined;
}

main();
