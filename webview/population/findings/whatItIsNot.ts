import { denyList } from '../../../src/shared/denyList.js';
import type { NotAssociated, PopulationReport } from '../../../src/shared/findings.js';
import { element } from '../../dom.js';
import { Pane } from '../../pane.js';
import { counted } from '../format.js';
import type { PopulationModel } from '../populationModel.js';

/** What can be ruled out, and by how much; then how all of it was worked out. */
export function whatItIsNot(model: PopulationModel): readonly HTMLElement[] {
  const not = new Pane({ id: 'not', title: 'What it is not', testId: 'what-it-is-not', foldable: true, open: true });
  const suspects = new Pane({
    id: 'hardware',
    title: 'Suspect machines',
    testId: 'suspects',
    foldable: true,
    open: true,
  });
  const method = new Pane({ id: 'method', title: 'How this was worked out', testId: 'method', foldable: true });
  for (const pane of [not, suspects, method]) pane.body.classList.add('prose');
  const { report } = model;
  not.body.append(ruledOut(report));
  suspects.root.hidden = report.hardwareSuspects.length === 0;
  suspects.body.append(hardware(report, model));
  method.body.append(...worked(report));
  return [not.root, suspects.root, method.root];
}

function ruledOut({ notAssociated }: PopulationReport): HTMLElement {
  if (notAssociated.length === 0)
    return element('p', { class: 'empty-text' }, 'There are too few crashes to rule anything out.');
  return element('div', {}, ...byLabel(notAssociated).flatMap(([label, ruled]) => ruledOutFor(label, ruled)));
}

function byLabel(all: readonly NotAssociated[]): (readonly [string | undefined, readonly NotAssociated[]])[] {
  const groups = new Map<string | undefined, NotAssociated[]>();
  for (const one of all) groups.set(one.label, [...(groups.get(one.label) ?? []), one]);
  return [...groups];
}

/** What all of them share is said once; what differs is how strong an association would have been seen. */
function ruledOutFor(label: string | undefined, ruled: readonly NotAssociated[]): HTMLElement[] {
  return [
    element(
      'p',
      {},
      `Nothing ties ${label ?? 'the crashes'} to any of these. An odds ratio as high as the number beside it would have been seen four times of five.`,
    ),
    element(
      'ul',
      { class: 'ruled-out' },
      ...ruled.map(({ dimension, detectableOddsRatio }) =>
        element(
          'li',
          {},
          element('b', {}, dimension),
          element('span', { class: 'ruled-out-odds' }, ` ${Number(detectableOddsRatio.toPrecision(2))}`),
        ),
      ),
    ),
  ];
}

function hardware({ hardwareSuspects }: PopulationReport, model: PopulationModel): HTMLElement {
  const copy = element('button', { class: 'link' }, 'Copy as a list to deny');
  copy.addEventListener('click', () => {
    model.copy(denyList({ hardwareSuspects }), 'The list was copied, with the reason before each machine.');
  });
  return element(
    'div',
    {},
    element('p', {}, 'Crashes of kinds that healthy hardware does not make gather on these. ', copy),
    element(
      'table',
      { class: 'data-table' },
      element('caption', { class: 'visually-hidden' }, 'Suspect machines'),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...['machine', 'such crashes', 'of', 'episodes', 'p'].map((text) => element('th', { scope: 'col' }, text)),
        ),
      ),
      element(
        'tbody',
        {},
        ...hardwareSuspects.map((suspect) => {
          const choose = element('button', { class: 'link' }, `${suspect.dimension} ${String(suspect.value)}`);
          choose.addEventListener('click', () => {
            model.toggle(suspect.dimension, String(suspect.value), true);
          });
          return element(
            'tr',
            {},
            element('th', { scope: 'row' }, choose),
            ...[suspect.cases, suspect.of, suspect.episodes].map((count) =>
              element('td', {}, count.toLocaleString('en')),
            ),
            element('td', {}, suspect.pAdjusted.toExponential(0)),
          );
        }),
      ),
    ),
  );
}

function worked({ method, counts }: PopulationReport): HTMLElement[] {
  const sentences = [
    `${counted(counts.rows, 'row', 'rows')}, of which ${counted(counts.crashes)} in ${counted(counts.episodes, 'episode', 'episodes')}: crashes of one signature on one ${method.node ?? 'machine'} within ${Math.round(method.episodeGapSeconds / 60)} minutes count once in every p.`,
    `${counted(method.tests, 'test', 'tests')} could have reached significance and all of them count: where nothing is to be found, the chance that anything is reported is at most ${method.alpha * 100} %. ${method.permutations > 0 ? `Where nothing is significant so, labels are dealt out anew ${method.permutations.toLocaleString('en')} times and everything is asked again.` : ''}`,
    `Dimensions: ${method.dimensions.join(', ') || 'none'}. Numbers: ${method.measures.join(', ') || 'none'}.`,
    ...(counts.unreadable > 0
      ? [
          `${counted(counts.unreadable, 'row', 'rows')} could not be read or have no label, and are in no count of the findings.`,
        ]
      : []),
    ...(counts.withoutTime > 0 ? [`${counted(counts.withoutTime)} without a time.`] : []),
  ];
  return [
    ...sentences.map((text) => element('p', {}, text)),
    ...(method.leftOut.length === 0
      ? []
      : [
          element('p', {}, 'Left out:'),
          element('ul', {}, ...method.leftOut.map(({ column, why }) => element('li', {}, `${column}: ${why}`))),
        ]),
  ];
}
