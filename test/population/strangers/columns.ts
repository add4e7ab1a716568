import type { Draw } from './draw.js';
import { DAYS, type Event, HOURS, type World } from './world.js';

/** How a stranger writes the world down: the names of columns, the form of times, what else is in the table. */
export interface Columns {
  readonly box: string;
  readonly chassis: string;
  readonly site: string;
  readonly model: string;
  readonly cpu: string;
  readonly row: string;
  readonly build: string;
  readonly kernel: string;
  readonly app: string;
  readonly tenant: string;
  readonly age: string;
  /** Milliseconds in a unit of age. */
  readonly ageUnit: number;
  readonly time: (at: number) => unknown;
  readonly nested: boolean;
  readonly signature: boolean;
  readonly extras: boolean;
}

export function columnsOf(draw: Draw): Columns {
  const times: ((at: number) => unknown)[] = [
    (at) => new Date(at).toISOString(),
    (at) => Math.round(at / 1000),
    (at) => at / 1000,
    (at) => Math.round(at),
    (at) => new Date(at).toISOString().slice(0, 19).replace('T', ' '),
    (at) => new Date(at + 2 * HOURS).toISOString().replace('Z', '+02:00'),
  ];
  const age = draw.of([
    ['node_age_h', HOURS],
    ['age_seconds', 1000],
    ['machineAgeDays', DAYS],
    ['minutes_since_boot', 60_000],
  ] as const);
  return {
    box: draw.of(['host', 'hostname', 'node', 'machine_id', 'nodeName', 'instance']),
    chassis: draw.of(['physical_host', 'hypervisor', 'chassis', 'dom0']),
    site: draw.of(['region', 'dc', 'zone', 'site']),
    model: draw.of(['sku', 'instance_type', 'hw_model', 'shape']),
    cpu: draw.of(['cpu', 'cpu_model', 'microarch']),
    row: draw.of(['rack', 'aisle', 'power_feed']),
    build: draw.of(['release', 'build', 'version', 'image_tag']),
    kernel: draw.of(['kernel', 'uname_r', 'os_kernel']),
    app: draw.of(['container', 'service', 'application']),
    tenant: draw.of(['tenant', 'customer', 'cell']),
    age: age[0],
    ageUnit: age[1],
    time: draw.of(times),
    nested: draw.yes(0.25),
    signature: draw.yes(0.6),
    extras: draw.yes(0.6),
  };
}

/** The table of a world, in order of time or not. */
export function rowsOf(world: World, columns: Columns, gaps: number): Record<string, unknown>[] {
  const { draw } = world;
  const kept = new Set(['label', 'kind', 'signature', 'time']);
  return world.events.map((event, index) => {
    const all = rowOf(event, columns, index);
    const cells = Object.entries(all).filter(([name]) => gaps === 0 || kept.has(name) || !draw.yes(gaps));
    if (!columns.nested) return Object.fromEntries(cells);
    const row: Record<string, unknown> = {};
    const meta: Record<string, unknown> = {};
    for (const [name, value] of cells) (kept.has(name) ? row : meta)[name] = value;
    return { ...row, meta };
  });
}

/** The name a column has after nested objects were made flat. */
export function flat(columns: Columns, name: string): string {
  return columns.nested && !['label', 'kind', 'signature', 'time'].includes(name) ? `meta.${name}` : name;
}

function rowOf(event: Event, columns: Columns, index: number): Record<string, unknown> {
  const { box } = event;
  return {
    label: event.label,
    kind: event.kind,
    ...(columns.signature ? { signature: event.signature } : {}),
    time: columns.time(event.at),
    [columns.box]: box.name,
    [columns.chassis]: `ch-${box.chassis}`,
    [columns.site]: SITE_NAMES[box.site],
    [columns.model]: `m${box.model}.large`,
    [columns.cpu]: CPU_NAMES[box.cpu],
    [columns.row]: `${box.site}${'ABCDEFGHI'.charAt(box.row)}`,
    [columns.build]: BUILD(event.build),
    [columns.kernel]: `6.1.${20 + 3 * event.kernel}-generic`,
    [columns.app]: `app-${event.app}`,
    [columns.tenant]: event.tenant,
    [columns.age]: (event.at - box.born) / columns.ageUnit,
    load1: event.load,
    rss_bytes: event.memory,
    exceptions_per_s: event.exceptions,
    process_runtime: event.runtime,
    canary: event.canary,
    ...Object.fromEntries(event.noise.map((value, i) => [`attr_${i}`, i % 3 === 2 ? value : `k${value}`])),
    ...Object.fromEntries(event.measures.map((value, i) => [`sensor_${i}`, value])),
    ...(columns.extras
      ? {
          uuid: `${index.toString(16)}-${(index * 2_654_435_761) % 4_294_967_296}`,
          pid: (index * 7919) % 32_768,
          cluster: 'main',
          tags: [`t${event.tenant % 3}`, event.canary ? 'canary' : 'stable'],
          booted_at: new Date(box.born).toISOString(),
        }
      : {}),
    ...(event.marks === undefined
      ? {}
      : Object.fromEntries(event.marks.map((value, i) => [MARK_NAMES[i] ?? `regs.r${i}`, value]))),
  };
}

export const MARK_NAMES = ['regs.rax', 'regs.rdx', 'stack.rsp-8', 'stack.rsp+8'];
const SITE_NAMES = ['fra', 'iad', 'sin', 'gru', 'syd', 'bom'];
const CPU_NAMES = ['Xeon 8488C', 'EPYC 9R14', 'Xeon 8375C', 'EPYC 7R32'];
export const BUILD = (n: number) => `2025.${n + 1}.${(n * 13) % 10}`;
export const siteName = (n: number) => SITE_NAMES[n] ?? '';
