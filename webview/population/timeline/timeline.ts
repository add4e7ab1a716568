import { scaleLinear, scaleUtc } from 'd3-scale';
import { element, setAttributes, setText } from '../../dom.js';
import { emptyState } from '../../emptyState.js';
import { DataTable } from '../dataTable.js';
import { counted, moment } from '../format.js';
import { groupName } from '../mark.js';
import { timeBins, type TimeBins } from '../model/timeBins.js';
import type { PopulationModel } from '../populationModel.js';
import { Brush } from './brush.js';
import { svg } from './svg.js';

const HEIGHT = 112;
const AXIS = 18;
const LEFT = 44;
const RIGHT = 12;
const TOP = 6;

/** Crashes over time, stacked by label. A brush chooses a time; what else is chosen shows in the heights. */
export function timeline(model: PopulationModel): HTMLElement {
  const { time } = model;
  const readout = element('span', { class: 'readout' });
  const head = element('div', { class: 'section-head' }, element('h2', { id: 'timeline-title' }, 'When'), readout);
  const section = element(
    'section',
    { class: 'timeline', 'aria-labelledby': 'timeline-title', 'data-testid': 'timeline' },
    head,
  );
  const whole = time && timeBins(time);
  if (!time || !whole) {
    section.append(emptyState('No times', 'No row of this data set has a column “time” that can be read.'));
    return section;
  }

  let bins = whole;
  let counts: Uint32Array = new Uint32Array();
  const plot = element('div', { class: 'timeline-plot' });
  const picture = svg('svg', { role: 'img', class: 'timeline-svg', height: String(HEIGHT + AXIS) });
  const brush = new Brush({
    pick: (range) => {
      model.chooseTime(range);
    },
    hover: (bin) => {
      setText(readout, bin === undefined ? '' : binInWords(model, bins, counts, bin));
    },
  });
  plot.append(picture, brush.root);
  const table = new DataTable('Crashes over time', () => contents(model, bins, counts));
  const zoom = element('button', { class: 'link' }, 'Zoom in');
  zoom.addEventListener('click', () => {
    const range = model.selection.get().ranges.get('time');
    bins = (bins === whole && range ? timeBins(time, range) : undefined) ?? whole;
    draw();
  });
  head.append(element('span', { class: 'section-actions' }, zoom, table.toggle));
  section.append(plot, table.place);

  let drawn = '';
  const draw = () => {
    const width = plot.clientWidth;
    if (width === 0) return;
    const range = model.selection.get().ranges.get('time');
    counts = model.count('in.time', bins);
    zoom.hidden = bins === whole && range === undefined;
    setText(zoom, bins === whole ? 'Zoom in' : 'Zoom out');
    const scales = scalesOf(bins, counts, model.groups.size, width);
    // The picture is made anew when it differs: moving the brush's own ends does not change it.
    const key = `${width} ${bins.borders.length} ${bins.borders[0] ?? 0} ${counts.join(',')}`;
    if (key !== drawn) {
      drawn = key;
      picture.setAttribute('width', String(width));
      setAttributes(picture, { 'aria-label': pictureInWords(model, bins, counts) });
      picture.replaceChildren(...bars(model, bins, counts, scales), ...axes(scales, width));
      table.refresh();
    }
    brush.show({ borders: bins.borders, x: scales.x, width, height: HEIGHT, range });
  };
  model.selection.subscribe(draw);
  new ResizeObserver(draw).observe(plot);
  return section;
}

interface Scales {
  readonly x: (time: number) => number;
  readonly y: (count: number) => number;
  readonly timeTicks: readonly { readonly at: number; readonly text: string }[];
  readonly countTicks: readonly number[];
}

function scalesOf(bins: TimeBins, counts: Uint32Array, groups: number, width: number): Scales {
  let most = 0;
  for (let code = 1; code < bins.size; code++) most = Math.max(most, sum(counts, code, groups));
  const first = bins.borders[0] ?? 0;
  const last = bins.borders[bins.borders.length - 1] ?? 1;
  const x = scaleUtc([first, last], [LEFT, width - RIGHT]);
  const y = scaleLinear([0, Math.max(1, most)], [HEIGHT, TOP]).nice(3);
  const format = x.tickFormat();
  return {
    x: (time) => x(time),
    y: (count) => y(count),
    timeTicks: x.ticks(Math.max(2, Math.floor(width / 110))).map((tick) => ({ at: x(tick), text: format(tick) })),
    countTicks: y.ticks(3).filter(Number.isInteger),
  };
}

function bars({ groups }: PopulationModel, bins: TimeBins, counts: Uint32Array, { x, y }: Scales): SVGElement[] {
  const heights = new Float64Array(bins.size);
  return groups.order.map((group) => {
    let path = '';
    for (let code = 1; code < bins.size; code++) {
      const count = counts[code * groups.size + group] ?? 0;
      if (count === 0) continue;
      const below = heights[code] ?? 0;
      heights[code] = below + count;
      const left = x(bins.borders[code - 1] ?? 0);
      const right = Math.max(left + 1, x(bins.borders[code] ?? 0) - 1);
      // What is there is seen, be it one among thousands.
      const top = Math.min(y(below + count), y(below) - 1);
      path += `M${left.toFixed(1)} ${y(below).toFixed(1)}V${top.toFixed(1)}H${right.toFixed(1)}V${y(below).toFixed(1)}Z`;
    }
    return svg('path', { d: path, class: `bars colour-${groups.colour(group)}` });
  });
}

/** Half the width of a date, in pixels. */
const DATE_ROOM = 30;

function axes({ y, timeTicks, countTicks }: Scales, width: number): SVGElement[] {
  return [
    ...countTicks.flatMap((tick) => [
      svg('line', {
        class: 'grid-line',
        x1: String(LEFT),
        x2: String(width - RIGHT),
        y1: y(tick).toFixed(1),
        y2: y(tick).toFixed(1),
      }),
      svg(
        'text',
        { class: 'tick', x: String(LEFT - 6), y: (y(tick) + 4).toFixed(1), 'text-anchor': 'end' },
        tick.toLocaleString('en'),
      ),
    ]),
    ...timeTicks.map(({ at, text }) => {
      // A date in the middle below its tick would be cut off at the page's edge.
      const isLast = at > width - DATE_ROOM;
      const x = isLast ? String(width) : at.toFixed(1);
      return svg('text', { class: 'tick', x, y: String(HEIGHT + 14), 'text-anchor': isLast ? 'end' : 'middle' }, text);
    }),
  ];
}

function binInWords(model: PopulationModel, bins: TimeBins, counts: Uint32Array, bin: number): string {
  const { groups } = model;
  const parts = groups.order
    .map((group) => ({ group, count: counts[(bin + 1) * groups.size + group] ?? 0 }))
    .filter(({ count }) => count > 0)
    .map(({ group, count }) => `${count.toLocaleString('en')} ${groupName(groups, group)}`);
  return `${moment(bins.borders[bin] ?? NaN)}, one ${bins.unit}: ${parts.join(', ') || 'none'}`;
}

function pictureInWords({ groups }: PopulationModel, bins: TimeBins, counts: Uint32Array): string {
  let most = 0;
  let at = 0;
  let all = 0;
  for (let code = 1; code < bins.size; code++) {
    const total = sum(counts, code, groups.size);
    all += total;
    if (total > most) {
      most = total;
      at = code;
    }
  }
  const from = moment(bins.borders[0] ?? NaN);
  const to = moment(bins.borders[bins.borders.length - 1] ?? NaN);
  return `${counted(all)} from ${from} to ${to}; most, ${most.toLocaleString('en')} in one ${bins.unit}, on ${moment(bins.borders[at - 1] ?? NaN)}`;
}

function contents({ groups }: PopulationModel, bins: TimeBins, counts: Uint32Array) {
  const rows = [];
  for (let code = 1; code < bins.size; code++) {
    if (sum(counts, code, groups.size) === 0) continue;
    rows.push([
      moment(bins.borders[code - 1] ?? NaN),
      ...groups.order.map((group) => (counts[code * groups.size + group] ?? 0).toLocaleString('en')),
    ]);
  }
  return {
    caption: `Crashes in each ${bins.unit}, UTC; those without any are left out`,
    head: ['from', ...groups.order.map((group) => groupName(groups, group))],
    rows,
  };
}

function sum(counts: Uint32Array, code: number, groups: number): number {
  let total = 0;
  for (let group = 0; group < groups; group++) total += counts[code * groups + group] ?? 0;
  return total;
}
