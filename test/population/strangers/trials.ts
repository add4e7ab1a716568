import { populationReport } from '../../../src/population/findings/report.js';
import { TableBuilder } from '../../../src/population/table/tableBuilder.js';
import type { Finding, PopulationReport } from '../../../src/shared/findings.js';
import { withRivals, withWhatIsAlike } from '../toldApart.js';
import { type Columns, columnsOf, rowsOf } from './columns.js';
import { Draw } from './draw.js';
import { type Planted, PLANTS } from './plants.js';
import { DAYS, makeWorld, type World } from './world.js';

export type Harm = 'none' | 'gaps' | 'wrong labels';

export interface StrangerFleet {
  readonly world: World;
  readonly columns: Columns;
  readonly planted: Planted | undefined;
  readonly rows: readonly Record<string, unknown>[];
}

export interface StrangerTrial {
  readonly fleet: StrangerFleet;
  readonly report: PopulationReport;
  /** Whether the first finding is what was planted. */
  readonly first: boolean;
  /** Whether the first finding names it, be it as one of those that nothing in the table tells apart. */
  readonly named: boolean;
  /** Whether it names it at least as what explains the same nearly as well. */
  readonly near: boolean;
  /** Findings reported as news beside it. */
  readonly others: number;
}

const SIZES = [
  { size: 80, boxes: 12 },
  { size: 250, boxes: 30 },
  { size: 700, boxes: 120 },
  { size: 2500, boxes: 80 },
  { size: 8000, boxes: 900 },
];

/** A fleet of this seed. Where a cause cannot be planted in the world that came up, the next world is taken. */
export function strangerFleet(
  cause: string | undefined,
  seed: number,
  harm: Harm,
  wanted?: { size: number; boxes: number },
): StrangerFleet {
  for (let attempt = 0; ; attempt++) {
    const draw = new Draw(seed * 1009 + attempt * 7 + 3);
    const size = wanted ?? draw.of(cause === undefined ? SIZES : SIZES.slice(1));
    const share = draw.of(cause === undefined ? [0.005, 0.03, 0.1, 0.3, 0.6] : [0.005, 0.02, 0.05, 0.15, 0.4]);
    const world = makeWorld(draw, size, share);
    const columns = columnsOf(draw);
    const planted = cause === undefined ? undefined : PLANTS[cause]?.(world, columns, draw);
    if (cause !== undefined && planted === undefined && attempt < 50) continue;
    if (harm === 'wrong labels')
      for (const event of world.events)
        if (draw.yes(0.05)) {
          const plan = draw.of(world.labels.filter(({ label }) => label !== event.label));
          event.label = plan.label;
          event.kind = draw.of(plan.kinds);
        }
    if (draw.yes(0.7)) world.events.sort((a, b) => a.at - b.at);
    return { world, columns, planted, rows: rowsOf(world, columns, harm === 'gaps' ? 0.3 : 0) };
  }
}

export function strangerTrial(cause: string | undefined, seed: number, harm: Harm): StrangerTrial {
  const fleet = strangerFleet(cause, seed, harm);
  const builder = new TableBuilder();
  for (const row of fleet.rows) builder.row(row);
  const report = populationReport(builder.finish());
  const [finding] = report.findings;
  const { planted } = fleet;
  const first = planted !== undefined && finding !== undefined && says(finding, planted, fleet);
  const named =
    planted !== undefined && finding !== undefined && withWhatIsAlike(finding).some((one) => says(one, planted, fleet));
  const near =
    planted !== undefined && finding !== undefined && withRivals(finding).some((one) => says(one, planted, fleet));
  return { fleet, report, first, named, near, others: report.findings.length - (first ? 1 : 0) };
}

function says(finding: Finding, planted: Planted, { world }: StrangerFleet): boolean {
  if (finding.label !== planted.label) return false;
  if (planted.question !== undefined && finding.question !== planted.question) return false;
  if (planted.form !== undefined && finding.form !== planted.form) return false;
  const names = typeof finding.dimension === 'string' ? [finding.dimension] : finding.dimension;
  const values = (Array.isArray(finding.value) ? finding.value : [finding.value]).map(String);
  if (!planted.dimensions.every((name) => names.includes(name))) return false;
  if (planted.question === undefined && names.length !== planted.dimensions.length) return false;
  if (!planted.values.every((value) => values.includes(value))) return false;
  if (planted.start !== undefined) {
    const near = Math.max(DAYS / 4, 0.06 * (world.until - world.from));
    return finding.start !== undefined && Math.abs(Date.parse(finding.start) - planted.start) <= near;
  }
  if (planted.limit === undefined) return true;
  const limit = Number(/-?[\d.]+/.exec(values[0] ?? '')?.[0]);
  return Math.abs(limit - planted.limit) <= 0.25 * planted.limit;
}
