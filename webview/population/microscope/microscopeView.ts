import type { MicroscopeReport, PositionProfile, WordMark, WordProfile } from '../../../src/shared/microscope.js';
import { element } from '../../dom.js';
import { Pane } from '../../pane.js';
import { DataTable } from '../dataTable.js';
import { counted, percent } from '../format.js';
import { lookAt } from '../model/cohort.js';
import { isEverything } from '../model/selection.js';
import type { PopulationModel } from '../populationModel.js';

/** After a click everything else is drawn first: a look at many stacks takes longer than a click may. */
const AFTER_MS = 60;

/** Registers and stack slots of the chosen crashes, beside those of all others. */
export function microscopeView(model: PopulationModel): HTMLElement {
  const { words } = model;
  const pane = new Pane({
    id: 'microscope',
    title: 'Registers and stack of the chosen',
    testId: 'microscope',
    foldable: true,
    onOpen: () => {
      look();
    },
  });
  const place = element('div', { 'data-testid': 'microscope-marks' });
  let report: MicroscopeReport | undefined;
  const table = new DataTable('Registers and slots', () => contents(report));
  pane.body.classList.add('microscope');
  pane.body.append(place, element('p', { class: 'microscope-actions' }, table.toggle), table.place);

  const say = (...sentences: readonly string[]) => {
    report = undefined;
    table.toggle.hidden = true;
    place.replaceChildren(...sentences.map((text) => element('p', { class: 'empty-text' }, text)));
    table.refresh();
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    if (pane.body.hidden) return;
    if (words === undefined) {
      say('This data set keeps no registers and no stacks. Triage with --keep-stack 512 to have them here.');
      return;
    }
    if (isEverything(model.selection.get())) {
      say(
        `${counted(words.kept)} keep registers and stack. Choose some crashes, above or by a finding, to see what sets their stacks apart from all others.`,
      );
      return;
    }
    timer = setTimeout(() => {
      report = lookAt(words, model.rows(), model.table.rows);
      table.toggle.hidden = report.positions.length === 0;
      place.replaceChildren(...drawn(report));
      table.refresh();
    }, AFTER_MS);
  };
  model.selection.subscribe(look);
  pane.setOpen(words !== undefined);
  return pane.root;
}

function drawn({ cases, others, marks, notes }: MicroscopeReport): HTMLElement[] {
  const sizes = `${counted(cases.withWords, 'chosen crash', 'chosen crashes')} beside ${counted(others.withWords, 'other', 'others')}`;
  const nothing =
    marks.length === 0 && cases.withWords > 0 && others.withWords > 0
      ? [element('p', {}, `${sizes}: no register and no slot tells them apart, as far as can be told.`)]
      : [];
  return [
    ...nothing,
    element('ol', { class: 'mark-list' }, ...marks.map(markItem)),
    element('ul', { class: 'notes' }, ...notes.map((text) => element('li', {}, text))),
  ];
}

function markItem(mark: WordMark): HTMLElement {
  const { inside, outside, text, alsoSeenAs } = mark;
  return element(
    'li',
    { class: 'mark', 'data-testid': 'mark' },
    element('p', { class: 'mark-text' }, text),
    element(
      'div',
      { class: 'mark-bars', 'aria-hidden': 'true' },
      bar('these', inside.cases, inside.of),
      bar('others', outside.cases, outside.of),
    ),
    alsoSeenAs.length === 0
      ? undefined
      : element(
          'details',
          { class: 'finding-folded' },
          element(
            'summary',
            {},
            element('span', { class: 'twistie' }),
            `${counted(alsoSeenAs.length, 'more position goes', 'more positions go')} with it`,
          ),
          element(
            'ul',
            {},
            ...alsoSeenAs.map((seen) =>
              element(
                'li',
                {},
                element('code', {}, seen.position),
                ` ${seen.word}: ${percent(seen.inside.cases, seen.inside.of)} of these, ${percent(seen.outside.cases, seen.outside.of)} of the others`,
              ),
            ),
          ),
        ),
  );
}

function bar(name: string, part: number, whole: number): HTMLElement {
  const filled = element('span', { class: `mark-bar-filled ${name}` });
  filled.style.width = `${whole === 0 ? 0 : (part / whole) * 100}%`;
  return element(
    'div',
    { class: 'mark-bar' },
    element('span', { class: 'mark-bar-name' }, name),
    element('span', { class: 'mark-bar-track' }, filled),
    element('span', { class: 'mark-bar-share' }, percent(part, whole)),
  );
}

function contents(report: MicroscopeReport | undefined) {
  const positions = (report?.positions ?? []).filter(tellsAnything);
  const head = ['zero', 'mostly', 'most often', 'bits'];
  return {
    caption: 'Each register and slot: of these, and of the others. Bits are the entropy of its words',
    head: ['position', ...head.map((name) => `${name}, these`), ...head.map((name) => `${name}, others`)],
    rows: positions.map(({ position, cases, others }) => [position, ...cells(cases), ...cells(others)]),
  };
}

/** A position that holds one and the same word in all cores, as segment registers do, is none to look at. */
function tellsAnything({ cases, others }: PositionProfile): boolean {
  return cases.entropy > 0 || others.entropy > 0 || cases.repeated?.word !== others.repeated?.word;
}

function cells({ known, zero, classes, repeated, entropy }: WordProfile): string[] {
  if (known === 0) return ['-', '-', '-', '-'];
  const [kind = '', count = 0] = Object.entries(classes).sort((a, b) => b[1] - a[1])[0] ?? [];
  return [
    percent(zero, known),
    `${kind} ${percent(count, known)}`,
    repeated === undefined ? '-' : `${repeated.word} ${percent(repeated.cores, known)}`,
    entropy.toFixed(1),
  ];
}
