import { populationReport } from '../../../src/population/findings/report.js';
import { TableBuilder } from '../../../src/population/table/tableBuilder.js';
import type { ColumnTable } from '../../../src/shared/columnTable.js';
import type { Finding, PopulationReport } from '../../../src/shared/findings.js';
import { withRivals, withWhatIsAlike } from '../toldApart.js';
import { CAUSES, type Truth, withGaps, withWrongLabels } from './causes.js';
import { Dice } from './dice.js';
import { DAY, DEFAULT_LABELS, makeFleet, rowOf } from './fleet.js';

export type Damage = 'none' | 'gaps' | 'wrong labels';

export interface Trial {
  readonly table: ColumnTable;
  readonly report: PopulationReport;
  readonly truth: Truth | undefined;
  /** Whether the first finding is what was planted. */
  readonly first: boolean;
  /** Whether the first finding names it, be it as one of those that nothing in the table tells apart. */
  readonly named: boolean;
  /** Whether it names it at least as what explains the same nearly as well. */
  readonly near: boolean;
  /** Whether nothing else is reported as news. */
  readonly alone: boolean;
}

/** A fleet of this seed, with a cause planted or none, and what the report says of it. */
export function trial(cause: string | undefined, seed: number, damage: Damage): Trial {
  const dice = new Dice(seed * 7 + 13);
  const fleet = makeFleet(dice, {
    crashes: dice.pick([300, 800, 2000, 5000]),
    hosts: dice.pick([40, 150, 600]),
    days: dice.pick([20, 60]),
    repeats: dice.pick([0, 0.1, 0.3]),
    noiseColumns: 8,
    labels: DEFAULT_LABELS,
  });
  const truth = cause === undefined ? undefined : CAUSES[cause]?.(fleet, dice);
  if (damage === 'wrong labels') withWrongLabels(dice, fleet, 0.05);
  fleet.crashes.sort((a, b) => a.time - b.time);
  const rows = fleet.crashes.map(rowOf);
  const builder = new TableBuilder();
  for (const row of damage === 'gaps' ? withGaps(dice, rows, 0.3) : rows) builder.row(row);
  const table = builder.finish();
  const report = populationReport(table);
  const [finding] = report.findings;
  return {
    table,
    report,
    truth,
    first: truth !== undefined && finding !== undefined && says(finding, truth),
    named: truth !== undefined && finding !== undefined && withWhatIsAlike(finding).some((one) => says(one, truth)),
    near: truth !== undefined && finding !== undefined && withRivals(finding).some((one) => says(one, truth)),
    alone: report.findings.length <= 1,
  };
}

/** Whether a finding says what was planted: its label, its columns, its values, its date within two days, its limit within a tenth. */
function says(finding: Finding, truth: Truth): boolean {
  if (finding.label !== truth.label) return false;
  if (truth.question !== undefined && finding.question !== truth.question) return false;
  if (truth.form !== undefined && finding.form !== truth.form) return false;
  const names = typeof finding.dimension === 'string' ? [finding.dimension] : finding.dimension;
  const values = (Array.isArray(finding.value) ? finding.value : [finding.value]).map(String);
  if (!truth.dimension.every((name) => names.includes(name))) return false;
  if (truth.question === undefined && names.length !== truth.dimension.length) return false;
  if (!truth.value.every((value) => values.includes(value))) return false;
  if (truth.start !== undefined && truth.question === 'when') {
    if (finding.start === undefined || Math.abs(Date.parse(finding.start) - truth.start) > 2 * DAY) return false;
  }
  if (truth.limit === undefined) return true;
  const limit = Number(/-?[\d.]+/.exec(values[0] ?? '')?.[0]);
  return Math.abs(limit - truth.limit) <= 0.1 * truth.limit;
}
