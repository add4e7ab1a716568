import type { Dice } from './dice.js';
import { zipf } from './dice.js';

/** What a made-up fleet is like. Nothing of it has to do with the labels. */
export interface FleetShape {
  readonly crashes: number;
  readonly hosts: number;
  readonly days: number;
  /** Of each crash, the probability that it comes back on the same host within minutes. */
  readonly repeats: number;
  /** Further columns without meaning. */
  readonly noiseColumns: number;
  readonly labels: Readonly<Record<string, number>>;
}

export interface Crash {
  label: string;
  kind: string;
  signature: string;
  time: number;
  host: Host;
  release: string;
  kernel: string;
  container: string;
  load: number;
  exceptionRate: number;
  uptime: number;
  noise: (string | number)[];
  extra: Record<string, unknown>;
}

export interface Host {
  readonly name: string;
  readonly physical: string;
  readonly region: number;
  readonly sku: string;
  readonly cpu: string;
  readonly rack: string;
  readonly image: string;
  /** Milliseconds. */
  readonly born: number;
  readonly dies: number;
}

export interface Fleet {
  readonly shape: FleetShape;
  readonly begin: number;
  readonly end: number;
  readonly hosts: readonly Host[];
  crashes: Crash[];
  /** A crash of this label somewhere, like the others. */
  crash(label: string, at?: { host?: Host; time?: number }): Crash;
}

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const REGIONS = ['eu-west', 'eu-north', 'us-east', 'us-west', 'ap-south'];
export const KINDS: Readonly<Record<string, readonly string[]>> = {
  'misaligned-stack': ['rsp-shift'],
  'return-to-null': ['unwind-transfer-race', 'context-restore-to-null', 'zeroed-return-address'],
  other: ['null-dereference', 'wild-read', 'abort', 'assertion', 'null-call', 'stack-overflow', 'uncaught-exception'],
};
export const DEFAULT_LABELS = { other: 0.8, 'return-to-null': 0.14, 'misaligned-stack': 0.06 };

/** Hosts by Zipf, lives of unequal length, releases and kernels rolled out over time and region, days and weeks. */
export function makeFleet(dice: Dice, shape: FleetShape): Fleet {
  const begin = Date.UTC(2026, 2, 2);
  const end = begin + shape.days * DAY;
  const skus = ['m5.large', 'm5.xlarge', 'c6.large', 'c6.metal', 'r5.xlarge', 'x1'];
  const cpuOf = new Map(skus.map((sku) => [sku, dice.pick(['Xeon 8259CL', 'Xeon 8375C', 'EPYC 7R13'])]));
  const skuWeights = skus.map(() => dice.between(0.3, 2));
  const hosts: Host[] = Array.from({ length: shape.hosts }, (_, index) => {
    const region = dice.weighted([3, 1, 2, 1.5, 0.7]);
    const sku = skus[dice.weighted(skuWeights)] ?? 'x1';
    const short = dice.chance(0.4);
    const born = short ? begin + dice.uniform() * shape.days * DAY * 0.8 : begin - dice.exponential(30 * DAY);
    return {
      name: `node-${1000 + index * 7}`,
      physical: `phys-${Math.floor(index / 4)}`,
      region,
      sku,
      cpu: dice.chance(0.9) ? (cpuOf.get(sku) ?? '') : 'Xeon 8259CL',
      rack: `r${region}-${dice.below(12)}`,
      image: dice.pick(['ami-1', 'ami-2', 'ami-3']),
      born,
      dies: short ? born + DAY * dice.between(0.5, shape.days * 0.5) : end + DAY,
    };
  });
  const loads = zipf(shape.hosts, dice.between(0.6, 1.1));
  const releaseDays = Array.from({ length: 6 }, (_, i) => (shape.days * (i + dice.between(0, 0.6))) / 6);
  const kernelDays = [0.25, 0.6].map((share) => shape.days * (share + dice.between(-0.1, 0.1)));
  const delay = REGIONS.map(() => dice.between(0, shape.days / 10));
  const containers = Array.from({ length: 8 }, (_, i) => `svc-${i}`);
  const containerWeights = zipf(8, 1);
  const noiseSizes = Array.from({ length: shape.noiseColumns }, () => dice.pick([2, 3, 5, 10, 40, 300]));
  const noiseWeights = noiseSizes.map((size) => zipf(size, dice.between(0, 1.2)));
  const labels = Object.keys(shape.labels);
  const labelWeights = labels.map((label) => shape.labels[label] ?? 0);

  const fleet: Fleet = { shape, begin, end, hosts, crashes: [], crash };
  while (fleet.crashes.length < shape.crashes) {
    const first = crash(labels[dice.weighted(labelWeights)] ?? 'other');
    fleet.crashes.push(first);
    let time = first.time;
    while (dice.chance(shape.repeats) && fleet.crashes.length < shape.crashes) {
      time += dice.exponential(8 * 60_000);
      fleet.crashes.push({ ...first, time, uptime: dice.exponential(0.2) });
    }
  }
  return fleet;

  function crash(label: string, at: { host?: Host; time?: number } = {}): Crash {
    for (;;) {
      const host = at.host ?? hosts[dice.weighted(loads)];
      const time = at.time ?? begin + dice.uniform() * shape.days * DAY;
      if (host === undefined) continue;
      const clock = new Date(time);
      const busy =
        0.55 + 0.4 * Math.sin(((clock.getUTCHours() - 8) / 24) * 2 * Math.PI) - (clock.getUTCDay() % 6 === 0 ? 0.1 : 0);
      if (at.time === undefined && !dice.chance(busy)) continue;
      if (at.host === undefined && (time < host.born || time > host.dies)) continue;
      if (at.host !== undefined && at.time === undefined && (time < host.born || time > host.dies)) continue;
      const day = (time - begin) / DAY - (delay[host.region] ?? 0) - dice.exponential(shape.days / 60);
      const kind = dice.pick(KINDS[label] ?? ['unknown']);
      const service = dice.weighted(containerWeights);
      return {
        label,
        kind,
        signature: `${kind} | f${dice.weighted(zipf(6, 1.2))} | main`,
        time,
        host,
        release: `4.${releaseDays.filter((from) => from <= day).length}`,
        kernel: `5.10.${100 + kernelDays.filter((from) => from <= day * 0.9 + (host.region % 2) * 3).length * 7}`,
        container: containers[service] ?? '',
        load: Math.max(0, busy * 4 + dice.normal()),
        exceptionRate: dice.exponential(20) * (1 + (service % 3)),
        uptime: dice.exponential(30),
        noise: noiseWeights.map((weights) => `v${dice.weighted(weights)}`),
        extra: {},
      };
    }
  }
}

/** A row as a user's table has it. */
export function rowOf(crash: Crash, index: number): Record<string, unknown> {
  const { host } = crash;
  return {
    source: `/var/crash/core.${index}`,
    label: crash.label,
    kind: crash.kind,
    signature: crash.signature,
    time: new Date(crash.time).toISOString(),
    host: host.name,
    physical_host: host.physical,
    region: REGIONS[host.region],
    sku: host.sku,
    cpu: host.cpu,
    rack: host.rack,
    image: host.image,
    kernel: crash.kernel,
    release: crash.release,
    container: crash.container,
    node_age_h: Math.round(((crash.time - host.born) / HOUR) * 100) / 100,
    uptime_h: Math.round(crash.uptime * 1000) / 1000,
    load: Math.round(crash.load * 100) / 100,
    exception_rate: Math.round(crash.exceptionRate * 10) / 10,
    ...Object.fromEntries(crash.noise.map((value, i) => [`tag${i}`, value])),
    ...crash.extra,
  };
}
