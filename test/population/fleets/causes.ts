import type { Dice } from './dice.js';
import { type Fleet, HOUR, KINDS } from './fleet.js';

/** What was planted, and what a finding must say to have found it. */
export interface Truth {
  readonly label: string;
  readonly dimension: readonly string[];
  readonly value: readonly string[];
  /** Milliseconds, of what began. */
  readonly start?: number;
  readonly limit?: number;
  readonly question?: 'when' | 'hidden-groups';
  readonly form?: 'loop';
}

export type Cause = (fleet: Fleet, dice: Dice) => Truth;

const LABEL = 'misaligned-stack';

/** Adds crashes of the label until so many were added, each on terms of its own. */
function extra(fleet: Fleet): number {
  return Math.max(25, Math.round(fleet.shape.crashes * 0.04));
}

function takeAwayLabel(fleet: Fleet, dice: Dice, unless: (crash: Fleet['crashes'][number]) => boolean): void {
  for (const crash of fleet.crashes)
    if (crash.label === LABEL && !unless(crash)) {
      crash.label = 'other';
      crash.kind = dice.pick(KINDS['other'] ?? ['unknown']);
      crash.signature = `${crash.kind} | f${dice.below(5)} | main`;
    }
}

export const CAUSES: Readonly<Record<string, Cause>> = {
  'bad host': (fleet, dice) => {
    const counts = new Map<string, number>();
    for (const { host } of fleet.crashes) counts.set(host.name, (counts.get(host.name) ?? 0) + 1);
    const candidates = fleet.hosts.filter((host) => host.dies > fleet.end && (counts.get(host.name) ?? 0) > 0);
    const host = dice.pick(candidates);
    for (let i = 0; i < extra(fleet); i++) fleet.crashes.push(fleet.crash(LABEL, { host }));
    return { label: LABEL, dimension: ['host'], value: [host.name] };
  },
  'bad release': (fleet, dice) => {
    const counts = countsOf(fleet, (crash) => crash.release);
    const release = dice.pick(
      [...counts].filter(([, count]) => count > fleet.crashes.length * 0.08).map(([name]) => name),
    );
    for (let i = 0; i < extra(fleet);) {
      const crash = fleet.crash(LABEL);
      if (crash.release !== release) continue;
      fleet.crashes.push(crash);
      i++;
    }
    return { label: LABEL, dimension: ['release'], value: [release] };
  },
  'bad SKU with a kernel': (fleet, dice) => {
    const pairs = countsOf(fleet, (crash) => `${crash.host.sku}|${crash.kernel}`);
    const skus = countsOf(fleet, (crash) => crash.host.sku);
    const kernels = countsOf(fleet, (crash) => crash.kernel);
    const usable = [...pairs].filter(([name, count]) => {
      const [sku = '', kernel = ''] = name.split('|');
      return (
        count > fleet.crashes.length * 0.02 &&
        count < (skus.get(sku) ?? 0) * 0.75 &&
        count < (kernels.get(kernel) ?? 0) * 0.75
      );
    });
    const [sku = '', kernel = ''] = dice.pick(usable)[0].split('|');
    for (let i = 0; i < extra(fleet);) {
      const crash = fleet.crash(LABEL);
      if (crash.host.sku !== sku || crash.kernel !== kernel) continue;
      fleet.crashes.push(crash);
      i++;
    }
    return { label: LABEL, dimension: ['sku', 'kernel'], value: [sku, kernel] };
  },
  'start date': (fleet, dice) => {
    const start = fleet.begin + dice.between(0.3, 0.75) * (fleet.end - fleet.begin);
    takeAwayLabel(fleet, dice, (crash) => crash.time >= start);
    for (let i = 0; i < extra(fleet);) {
      const crash = fleet.crash(LABEL);
      if (crash.time < start) continue;
      fleet.crashes.push(crash);
      i++;
    }
    return { label: LABEL, dimension: ['time'], value: [], start, question: 'when' };
  },
  'age limit': (fleet, dice) => {
    const limit = 6;
    takeAwayLabel(fleet, dice, (crash) => crash.time - crash.host.born < limit * HOUR);
    const young = fleet.hosts.filter(({ born }) => born > fleet.begin);
    // Some crashes of all sorts at that age, so that the age is not the label.
    for (let i = 0; i < extra(fleet) * 2; i++) {
      const host = dice.pick(young);
      const crash = fleet.crash(i % 2 === 0 ? LABEL : 'other', {
        host,
        time: host.born + dice.uniform() * limit * HOUR,
      });
      fleet.crashes.push(crash);
    }
    return { label: LABEL, dimension: ['node_age_h'], value: [], limit };
  },
  'crash loop': (fleet, dice) => {
    const host = dice.pick(fleet.hosts.filter(({ dies }) => dies > fleet.end));
    const first = fleet.crash(LABEL, { host, time: fleet.begin + dice.between(0.2, 0.9) * (fleet.end - fleet.begin) });
    let time = first.time;
    for (let i = 0; i < 40 + dice.below(160); i++) {
      time += dice.exponential(3 * 60_000);
      fleet.crashes.push({ ...first, time, uptime: 0.05 });
    }
    return { label: LABEL, dimension: ['host'], value: [host.name], form: 'loop' };
  },
  'two diseases': (fleet, dice) => {
    const host = dice.pick(fleet.hosts.filter(({ dies }) => dies > fleet.end));
    const since = fleet.begin + dice.between(0.3, 0.6) * (fleet.end - fleet.begin);
    takeAwayLabel(fleet, dice, () => false);
    for (const crash of fleet.crashes) crash.extra = registers(dice, dice.chance(0.5), 0.5);
    const signature = 'rsp-shift | restore_context | main';
    for (let i = 0; i < extra(fleet); i++) {
      const time = since + dice.uniform() * (fleet.end - since);
      const crash = { ...fleet.crash(LABEL, { host, time }), signature };
      crash.extra = registers(dice, true, 0.95);
      fleet.crashes.push(crash);
      const other = { ...fleet.crash(LABEL), signature };
      other.extra = registers(dice, false, 0.95);
      fleet.crashes.push(other);
    }
    return { label: LABEL, dimension: ['host'], value: [host.name], question: 'hidden-groups' };
  },
};

function registers(dice: Dice, first: boolean, purity: number): Record<string, unknown> {
  const state = () => (dice.chance(purity) ? first : !first);
  return {
    'registers.rax': state() ? 'zero' : 'heap',
    'registers.rdx': state() ? 'zero' : 'code',
    'stack.rsp-8': state() ? 'zero' : 'code',
    'stack.rsp-16': state() ? 'stack' : 'heap',
  };
}

function countsOf(fleet: Fleet, by: (crash: Fleet['crashes'][number]) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const crash of fleet.crashes) counts.set(by(crash), (counts.get(by(crash)) ?? 0) + 1);
  return counts;
}

/** Takes away metadata, cell by cell. */
export function withGaps(dice: Dice, rows: Record<string, unknown>[], share: number): Record<string, unknown>[] {
  const kept = new Set(['label', 'kind', 'signature', 'time', 'source']);
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => kept.has(name) || !dice.chance(share))),
  );
}

/** Gives so many crashes another label, as a classifier errs. */
export function withWrongLabels(dice: Dice, fleet: Fleet, share: number): void {
  const labels = Object.keys(KINDS);
  for (const crash of fleet.crashes)
    if (dice.chance(share)) {
      crash.label = dice.pick(labels.filter((label) => label !== crash.label));
      if (dice.chance(0.5)) crash.kind = dice.pick(KINDS[crash.label] ?? ['unknown']);
    }
}
