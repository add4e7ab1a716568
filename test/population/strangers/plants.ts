import type { Draw } from './draw.js';
import { BUILD, type Columns, flat } from './columns.js';
import { type Event, HOURS, type World } from './world.js';

/** What was planted, as the report has to say it. */
export interface Planted {
  readonly label: string;
  readonly dimensions: readonly string[];
  readonly values: readonly string[];
  readonly question?: 'when' | 'hidden-groups';
  readonly form?: 'loop';
  /** Epoch milliseconds of a start. */
  readonly start?: number;
  /** Upper limit of a measure, and the values of it that exist near there decide how near is near. */
  readonly limit?: number;
}

export type Plant = (world: World, columns: Columns, draw: Draw) => Planted | undefined;

/** Cases to add at least. */
function dose(world: World): number {
  return Math.max(12, Math.round(world.size * world.draw.range(0.02, 0.06)));
}

/** Cases to add where it holds: enough for a person to see, were the person told where to look: odds six times those elsewhere. */
function doseWhere(world: World, holds: (event: Event) => boolean): number {
  const share = world.events.filter(({ label }) => label === world.target.label).length / world.events.length;
  const there = world.events.filter(holds);
  const others = there.filter(({ label }) => label !== world.target.label).length;
  const wanted = (6 * share * others) / (1 - share) - (there.length - others);
  return Math.max(20, dose(world), Math.round(wanted));
}

function relabelOthers(world: World, draw: Draw, keep: (event: Event) => boolean): void {
  const others = world.labels.slice(1);
  for (const event of world.events)
    if (event.label === world.target.label && !keep(event)) {
      const plan = draw.of(others);
      event.label = plan.label;
      event.kind = draw.of(plan.kinds);
      event.signature = `${event.kind} < ${plan.functions[draw.int(8)] ?? ''} < main`;
    }
}

/** Either further crashes where it holds, or crashes that were there and now are the target's. */
function afflict(world: World, draw: Draw, holds: (event: Event) => boolean): boolean {
  const wanted = doseWhere(world, holds);
  const there = world.events.filter((event) => holds(event) && event.label !== world.target.label);
  if (draw.yes(0.5) && there.length > 40) {
    const share = Math.min(0.9, Math.max(0.35, wanted / (wanted + there.length)));
    for (const event of there)
      if (draw.yes(share)) {
        event.label = world.target.label;
        event.kind = draw.of(world.target.kinds);
        event.signature = `${event.kind} < ${world.target.functions[draw.int(8)] ?? ''} < main`;
      }
    return true;
  }
  for (let i = 0; i < wanted; i++) {
    const event = world.eventWhere(world.target, holds);
    if (event === undefined) return false;
    world.events.push(event);
  }
  return true;
}

function common<K>(world: World, by: (event: Event) => K, least: number, most: number): K[] {
  const counts = new Map<K, number>();
  for (const event of world.events) counts.set(by(event), (counts.get(by(event)) ?? 0) + 1);
  const n = world.events.length;
  return [...counts].filter(([, count]) => count >= least * n && count <= most * n).map(([key]) => key);
}

export const PLANTS: Readonly<Record<string, Plant>> = {
  'bad host': (world, columns, draw) => {
    const box = draw.of(
      world.boxes.filter(({ gone, born }) => gone - Math.max(born, world.from) > 0.3 * (world.until - world.from)),
    );
    const cases = doseWhere(world, (event) => event.box === box);
    for (let i = 0; i < cases; i++) world.events.push(world.event(world.target, { box }));
    return { label: world.target.label, dimensions: [flat(columns, columns.box)], values: [box.name] };
  },
  'bad release': (world, columns, draw) => {
    const usable = common(world, ({ build }) => build, 0.06, 0.6);
    if (usable.length === 0) return undefined;
    const bad = draw.of(usable);
    if (!afflict(world, draw, ({ build }) => build === bad)) return undefined;
    return { label: world.target.label, dimensions: [flat(columns, columns.build)], values: [BUILD(bad)] };
  },
  'bad SKU with a kernel': (world, columns, draw) => {
    const key = ({ box, kernel }: Event) => `${box.model}/${kernel}`;
    const models = new Map(
      common(world, ({ box }) => box.model, 0, 1).map((m) => [
        m,
        world.events.filter(({ box }) => box.model === m).length,
      ]),
    );
    const kernels = new Map(
      common(world, ({ kernel }) => kernel, 0, 1).map((k) => [
        k,
        world.events.filter(({ kernel }) => kernel === k).length,
      ]),
    );
    const usable = common(world, key, 0.04, 0.35).filter((name) => {
      const [model = 0, kernel = 0] = name.split('/').map(Number);
      const n = world.events.filter((event) => key(event) === name).length;
      return n < 0.7 * (models.get(model) ?? 0) && n < 0.7 * (kernels.get(kernel) ?? 0);
    });
    if (usable.length === 0) return undefined;
    const [model = 0, kernel = 0] = draw.of(usable).split('/').map(Number);
    if (!afflict(world, draw, (event) => event.box.model === model && event.kernel === kernel)) return undefined;
    return {
      label: world.target.label,
      dimensions: [flat(columns, columns.model), flat(columns, columns.kernel)],
      values: [`m${model}.large`, `6.1.${20 + 3 * kernel}-generic`],
    };
  },
  'start date': (world, columns, draw) => {
    const start = world.from + draw.range(0.25, 0.8) * (world.until - world.from);
    relabelOthers(world, draw, ({ at }) => at >= start);
    const after = world.events.filter(({ at }) => at >= start).length / world.events.length;
    // Chance alone would put them all behind the date once in e^22.
    const wanted = Math.max(dose(world), Math.ceil(-22 / Math.log(after)));
    for (let i = 0; i < wanted; i++) {
      const event = world.eventWhere(world.target, ({ at }) => at >= start);
      if (event === undefined) return undefined;
      world.events.push(event);
    }
    return { label: world.target.label, dimensions: ['time'], values: [], question: 'when', start };
  },
  'age limit': (world, columns, draw) => {
    const limit = draw.of([2, 6, 24]) * HOURS;
    const young = world.boxes.filter(({ born }) => born > world.from && born + limit < world.until);
    if (young.length < 8) return undefined;
    relabelOthers(world, draw, ({ at, box }) => at - box.born < limit);
    const n = dose(world);
    for (let i = 0; i < n; i++) {
      const box = draw.of(young);
      world.events.push(world.event(world.target, { box, at: box.born + draw.unit() * limit }));
      // Others crash at that age too.
      const another = draw.of(young);
      world.events.push(
        world.event(draw.of(world.labels.slice(1)), { box: another, at: another.born + draw.unit() * limit }),
      );
    }
    return {
      label: world.target.label,
      dimensions: [flat(columns, columns.age)],
      values: [],
      limit: limit / columns.ageUnit,
    };
  },
  'crash loop': (world, columns, draw) => {
    const box = draw.of(
      world.boxes.filter(({ gone, born }) => gone - Math.max(born, world.from) > 0.2 * (world.until - world.from)),
    );
    const first = world.event(world.target, { box });
    let { at } = first;
    const pause = draw.range(20_000, 6 * 60_000);
    for (let i = 0; i < 25 + draw.int(200); i++) {
      at += pause * draw.range(0.6, 1.4);
      world.events.push({ ...first, at, runtime: pause / 1000 });
    }
    return { label: world.target.label, dimensions: [flat(columns, columns.box)], values: [box.name], form: 'loop' };
  },
  'two diseases': (world, columns, draw) => {
    const start = world.from + draw.range(0.2, 0.6) * (world.until - world.from);
    const box = draw.of(world.boxes.filter(({ gone, born }) => gone > world.until && born < start));
    relabelOthers(world, draw, () => false);
    const marks = (first: boolean, purity: number) =>
      [
        ['zero', 'heap'],
        ['code', 'zero'],
        ['stack', 'zero'],
        ['heap', 'code'],
      ].map((pair) => pair[draw.yes(purity) === first ? 0 : 1] ?? '');
    for (const event of world.events) event.marks = marks(draw.yes(0.5), 0.5);
    const signature = `rsp-shift < ${world.target.functions[0] ?? ''} < main`;
    const n = Math.max(14, dose(world));
    for (let i = 0; i < n; i++) {
      const one = world.event(world.target, { box, at: start + draw.unit() * (world.until - start) });
      world.events.push({ ...one, signature, marks: marks(true, 0.95) });
      const two = world.event(world.target);
      world.events.push({ ...two, signature, marks: marks(false, 0.95) });
    }
    return {
      label: world.target.label,
      dimensions: [flat(columns, columns.box)],
      values: [box.name],
      question: 'hidden-groups',
    };
  },
};
