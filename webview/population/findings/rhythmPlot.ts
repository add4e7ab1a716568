import type { Finding, FindingClock } from '../../../src/shared/findings.js';
import { element } from '../../dom.js';
import { DataTable } from '../dataTable.js';
import { percent } from '../format.js';
import { clockValues } from '../model/clock.js';
import { rhythmOf, type Rhythm } from '../model/rhythm.js';
import type { PopulationModel } from '../populationModel.js';
import { svg } from '../timeline/svg.js';
import { subjectColour } from './subjectColour.js';

const WIDTH = 480;
const HEIGHT = 56;
const LEFT = 44;
const AXIS = 16;

/** The subject's share of the crashes at each hour of the day, or day of the week: those that the finding speaks of stand out. */
export function rhythmPlot(model: PopulationModel, finding: Finding, clock: FindingClock): HTMLElement | undefined {
  const { name, texts } = clockValues(clock);
  const facet = model.facet(name);
  if (!facet) return undefined;
  const rhythm = rhythmOf(facet, finding, (column) => model.column(column));
  const names = [...rhythm.all.keys()].map((at) => facet.text(at + 1));
  const said = names.map((text) => (clock.period === 'day' ? `${text.padStart(2, '0')}:00` : text));
  const subject = finding.signature ?? finding.kind ?? finding.label ?? 'crashes';
  const by = clock.period === 'day' ? 'hour of the day' : 'day of the week';
  const title = `${subject}: share of the crashes by ${by}, UTC`;
  const table = new DataTable(title, () => ({
    caption: title,
    head: [clock.period === 'day' ? 'hour' : 'day', subject, 'crashes', 'share'],
    rows: said.map((text, at) => [
      text,
      (rhythm.cases[at] ?? 0).toLocaleString('en'),
      (rhythm.all[at] ?? 0).toLocaleString('en'),
      percent(rhythm.cases[at] ?? 0, rhythm.all[at] ?? 0),
    ]),
  }));
  const picture = svg(
    'svg',
    {
      role: 'img',
      class: 'rhythm-svg',
      viewBox: `0 0 ${WIDTH} ${HEIGHT + AXIS}`,
      'aria-label': inWords(title, rhythm, said),
    },
    ...bars(rhythm, names, texts, subjectColour(model, finding)),
    ...axis(rhythm, said, clock),
  );
  return element(
    'div',
    { class: 'rhythm', 'data-testid': 'rhythm' },
    element('p', { class: 'rhythm-title' }, `Share by ${by}, UTC `, table.toggle),
    picture,
    table.place,
  );
}

function shareAt({ all, cases }: Rhythm, at: number): number {
  return (cases[at] ?? 0) / Math.max(1, all[at] ?? 0);
}

function most(rhythm: Rhythm): number {
  return rhythm.all.reduce((largest, _, at) => Math.max(largest, shareAt(rhythm, at)), 0);
}

function bars(rhythm: Rhythm, names: readonly string[], inside: readonly string[], colour: number): SVGElement[] {
  const step = (WIDTH - LEFT) / names.length;
  const scale = most(rhythm) > 0 ? (HEIGHT - 4) / most(rhythm) : 0;
  return names.map((name, at) => {
    const height = shareAt(rhythm, at) * scale;
    return svg('rect', {
      class: inside.includes(name) ? `bars colour-${colour}` : `bars elsewhere colour-${colour}`,
      x: (LEFT + at * step + 1).toFixed(1),
      y: (HEIGHT - height).toFixed(1),
      width: (step - 2).toFixed(1),
      height: height.toFixed(1),
    });
  });
}

function axis(rhythm: Rhythm, said: readonly string[], { period }: FindingClock): SVGElement[] {
  const step = (WIDTH - LEFT) / said.length;
  const every = period === 'day' ? 6 : 1;
  const label = (x: number, y: number, anchor: string, text: string) =>
    svg('text', { class: 'tick', x: x.toFixed(1), y: String(y), 'text-anchor': anchor }, text);
  return [
    svg('line', { class: 'grid-line', x1: String(LEFT), x2: String(WIDTH), y1: String(HEIGHT), y2: String(HEIGHT) }),
    label(LEFT - 6, 12, 'end', `${Math.round(most(rhythm) * 100)} %`),
    label(LEFT - 6, HEIGHT, 'end', '0'),
    ...said.flatMap((text, at) =>
      at % every === 0
        ? [
            period === 'day'
              ? label(LEFT + at * step, HEIGHT + 13, 'start', text)
              : label(LEFT + (at + 0.5) * step, HEIGHT + 13, 'middle', text.slice(0, 3)),
          ]
        : [],
    ),
  ];
}

function inWords(title: string, rhythm: Rhythm, said: readonly string[]): string {
  const known = [...rhythm.all.keys()].filter((at) => (rhythm.all[at] ?? 0) > 0);
  const sorted = known.sort((a, b) => shareAt(rhythm, b) - shareAt(rhythm, a));
  const at = (index: number | undefined) =>
    index === undefined ? '' : `${percent(rhythm.cases[index] ?? 0, rhythm.all[index] ?? 0)} at ${said[index] ?? ''}`;
  return `${title}; most, ${at(sorted[0])}, least, ${at(sorted.at(-1))}`;
}
