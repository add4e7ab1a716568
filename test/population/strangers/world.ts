import { type Draw, Urn, zipfWeights } from './draw.js';

export interface Box {
  readonly name: string;
  readonly chassis: number;
  readonly site: number;
  readonly model: number;
  readonly cpu: number;
  readonly row: number;
  readonly born: number;
  readonly gone: number;
}

/** One crash before it is written into a table: what it is, and where and when. */
export interface Event {
  label: string;
  kind: string;
  signature: string;
  readonly at: number;
  readonly box: Box;
  readonly build: number;
  readonly kernel: number;
  readonly app: number;
  readonly tenant: number;
  readonly canary: boolean;
  readonly load: number;
  readonly memory: number;
  readonly exceptions: number;
  readonly runtime: number;
  readonly noise: readonly number[];
  readonly measures: readonly number[];
  marks?: readonly string[];
}

export interface World {
  readonly draw: Draw;
  readonly size: number;
  readonly from: number;
  readonly until: number;
  readonly boxes: readonly Box[];
  readonly noise: readonly number[];
  readonly noiseMeasures: number;
  readonly labels: readonly LabelPlan[];
  /** The label that a cause is planted for. */
  readonly target: LabelPlan;
  readonly comesBack: number;
  events: Event[];
  event(plan: LabelPlan, fixed?: { box?: Box; at?: number }): Event;
  /** An event of the world for which this holds; undefined when none came up. */
  eventWhere(plan: LabelPlan, holds: (event: Event) => boolean): Event | undefined;
}

export interface LabelPlan {
  readonly label: string;
  readonly share: number;
  readonly kinds: readonly string[];
  readonly functions: readonly string[];
}

export const HOURS = 3_600_000;
export const DAYS = 24 * HOURS;

export interface Size {
  readonly size: number;
  readonly boxes: number;
}

const SITES = 6;

/** A fleet in which labels have to do with nothing. `share`: of the label that a cause may be planted for. */
export function makeWorld(draw: Draw, { size, boxes: count }: Size, share: number): World {
  const days = draw.of([4, 14, 45, 180]);
  const from = Date.UTC(2025, draw.int(12), 1 + draw.int(28), draw.int(24));
  const until = from + days * DAYS;
  const siteUrn = new Urn(zipfWeights(SITES, 0.8));
  const modelsAt = Array.from({ length: SITES }, () => [draw.int(7), draw.int(7)]);
  const cpuOf = Array.from({ length: 7 }, () => draw.int(4));
  const perChassis = draw.of([1, 3, 6]);
  const chassisSite = new Map<number, { site: number; model: number; row: number }>();
  const style = draw.int(4);
  const boxes: Box[] = Array.from({ length: count }, (_, i) => {
    const chassis = Math.floor(i / perChassis);
    let home = chassisSite.get(chassis);
    if (home === undefined) {
      const site = siteUrn.draw(draw);
      home = { site, model: draw.yes(0.93) ? draw.of(modelsAt[site] ?? [0]) : draw.int(7), row: draw.int(9) };
      chassisSite.set(chassis, home);
    }
    const shortLived = draw.yes(0.5);
    const born = shortLived ? from + draw.unit() * (until - from) * 0.9 : from - draw.wait(60 * DAYS);
    return {
      name: boxName(style, i, home.site),
      chassis,
      ...home,
      cpu: cpuOf[home.model] ?? 0,
      born,
      gone: shortLived ? born + draw.range(0.05, 0.6) * (until - from) : until + DAYS,
    };
  });
  const boxUrn = new Urn(shuffled(draw, zipfWeights(count, draw.range(0.4, 1.2))));
  const builds = 2 + draw.int(9);
  const buildStart = Array.from({ length: builds }, (_, i) => (i === 0 ? 0 : draw.range(i - 0.5, i + 0.3) / builds));
  const lag = Array.from({ length: SITES }, () => draw.range(0, 0.12));
  const kernels = 2 + draw.int(3);
  const apps = 3 + draw.int(12);
  const appUrn = new Urn(zipfWeights(apps, 1));
  const tenants = draw.of([20, 400]);
  const tenantUrn = new Urn(zipfWeights(tenants, 1.1));
  const noise = Array.from({ length: 2 + draw.int(10) }, () => draw.of([2, 2, 3, 4, 8, 25, 120]));
  const noiseUrns = noise.map((n) => new Urn(zipfWeights(n, draw.range(0, 1.5))));
  const noiseMeasures = draw.int(4);
  const night = draw.range(0.15, 0.9);
  const weekend = draw.range(0.3, 1);
  const labels = plansOf(draw, share);
  const target = labels[0];
  if (target === undefined) throw new Error('no label');
  const labelUrn = new Urn(labels.map((plan) => plan.share));
  const comesBack = draw.of([0, 0.05, 0.25]);
  const functionUrn = new Urn(zipfWeights(8, 1.3));

  const world: World = {
    draw,
    size,
    from,
    until,
    boxes,
    noise,
    noiseMeasures,
    labels,
    target,
    comesBack,
    events: [],
    event,
    eventWhere,
  };
  while (world.events.length < size) {
    const first = event(labels[labelUrn.draw(draw)] ?? target);
    world.events.push(first);
    let { at } = first;
    while (world.events.length < size && draw.yes(comesBack)) {
      at += draw.wait(6 * 60_000);
      world.events.push({ ...first, at, runtime: draw.logNormal(20_000, 1.6) });
    }
  }
  return world;

  function event(plan: LabelPlan, fixed: { box?: Box; at?: number } = {}): Event {
    for (let tries = 0; ; tries++) {
      const box = fixed.box ?? boxes[boxUrn.draw(draw)];
      const at = fixed.at ?? from + draw.unit() * (until - from);
      if (box === undefined) continue;
      if (fixed.at === undefined && !draw.yes(rhythm(at))) continue;
      if (tries < 10_000 && (at < box.born || at > box.gone)) continue;
      const share = (at - from) / (until - from) - (lag[box.site] ?? 0) - (box.chassis % 5) * 0.01;
      const app = appUrn.draw(draw);
      const kind = draw.of(plan.kinds);
      return {
        label: plan.label,
        kind,
        signature: `${kind} < ${plan.functions[functionUrn.draw(draw)] ?? ''} < main`,
        at,
        box,
        build: Math.max(0, buildStart.filter((start) => start <= share).length - 1),
        kernel: Math.min(kernels - 1, Math.max(0, Math.floor((share + (box.site % 3) * 0.2) * kernels))),
        app,
        tenant: tenantUrn.draw(draw),
        canary: draw.yes(0.08),
        load: draw.logNormal(2 + (app % 3), 0.7) * rhythm(at),
        memory: Math.round(draw.logNormal(3e8 * (1 + (app % 4)), 0.9)),
        exceptions: draw.wait(12 * (1 + (app % 5))),
        runtime: draw.logNormal(20_000, 1.6),
        noise: noiseUrns.map((urn) => urn.draw(draw)),
        measures: Array.from({ length: noiseMeasures }, (_, i) =>
          i % 2 === 0 ? draw.gauss() * 12 + 60 : draw.int(4000),
        ),
      };
    }
  }

  function eventWhere(plan: LabelPlan, holds: (event: Event) => boolean): Event | undefined {
    for (let tries = 0; tries < 3000; tries++) {
      const found = event(plan);
      if (holds(found)) return found;
    }
    return undefined;
  }

  function rhythm(at: number): number {
    const date = new Date(at);
    const hour = date.getUTCHours();
    const day = date.getUTCDay();
    return (hour >= 7 && hour < 21 ? 1 : night) * (day === 0 || day === 6 ? weekend : 1);
  }
}

function plansOf(draw: Draw, share: number): LabelPlan[] {
  const functions = (stem: string) => Array.from({ length: 8 }, (_, i) => `${stem}_${'abcdefgh'.charAt(i)}`);
  const rest = 1 - share;
  const split = draw.range(0.05, 0.4);
  return [
    { label: 'misaligned-stack', share, kinds: ['rsp-shift'], functions: functions('step') },
    {
      label: 'return-to-null',
      share: rest * split,
      kinds: draw.yes(0.5) ? ['unwind-transfer-race'] : ['unwind-transfer-race', 'zeroed-return-address'],
      functions: functions('resume'),
    },
    {
      label: 'other',
      share: rest * (1 - split),
      kinds: ['null-dereference', 'abort', 'assertion', 'wild-read', 'stack-overflow'].slice(0, 1 + draw.int(5)),
      functions: functions('work'),
    },
  ];
}

function boxName(style: number, i: number, site: number): string {
  switch (style) {
    case 0:
      return `ip-10-${site}-${i >> 8}-${i & 255}`;
    case 1:
      return `${'0123456789abcdef'.charAt(i % 16)}${(i * 7919 + 104_729).toString(16)}`;
    case 2:
      return `сервер-${i}`;
    default:
      return `web${String(i).padStart(4, '0')}.dc${site}.example.net`;
  }
}

function shuffled(draw: Draw, list: number[]): number[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = draw.int(i + 1);
    [list[i], list[j]] = [list[j] ?? 0, list[i] ?? 0];
  }
  return list;
}
