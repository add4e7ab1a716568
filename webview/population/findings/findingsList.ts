import type { ExplainedFinding, Finding, PopulationReport } from '../../../src/shared/findings.js';
import { element, setTitle } from '../../dom.js';
import { emptyState } from '../../emptyState.js';
import { amount, counted } from '../format.js';
import type { PopulationModel } from '../populationModel.js';
import { alike, nearlyAsGood } from './alike.js';
import { contrast } from './contrast.js';
import { rhythmPlot } from './rhythmPlot.js';
import { groupsView } from './groupsView.js';

const SHOWN = 5;

/** What stands out, the best explanation first; under each what follows from it. */
export function findingsList(model: PopulationModel): HTMLElement {
  return element(
    'section',
    { class: 'findings', 'aria-labelledby': 'findings-title', 'data-testid': 'findings' },
    element('h2', { id: 'findings-title' }, 'What stands out'),
    ...drawn(model, model.report),
  );
}

function drawn(model: PopulationModel, report: PopulationReport): HTMLElement[] {
  if (report.findings.length === 0) return [nothing(report), ...notes(report)];
  const items = report.findings.map((finding) => findingItem(model, finding, report.explained));
  const rest = items.slice(SHOWN);
  return [
    element('ol', { class: 'finding-list' }, ...items.slice(0, SHOWN)),
    ...(rest.length === 0
      ? []
      : [
          element(
            'details',
            { class: 'finding-rest' },
            element(
              'summary',
              {},
              element('span', { class: 'twistie' }),
              counted(rest.length, 'more finding', 'more findings'),
            ),
            element('ol', { class: 'finding-list', start: String(SHOWN + 1) }, ...rest),
          ),
        ]),
    ...notes(report),
  ];
}

function nothing(report: PopulationReport): HTMLElement {
  const asked = report.method.dimensions.length + report.method.measures.length;
  const state = emptyState(
    'Nothing stands out',
    `No association in ${counted(report.counts.crashes)} (${counted(report.counts.episodes, 'episode', 'episodes')}) is stronger than chance makes among the ${counted(asked, 'column', 'columns')} that were asked about. What could have been seen stands below, under “What it is not”.`,
  );
  state.setAttribute('data-testid', 'no-findings');
  return state;
}

function notes({ notes: sentences }: PopulationReport): HTMLElement[] {
  return sentences.length === 0
    ? []
    : [element('ul', { class: 'notes', 'aria-label': 'Notes' }, ...sentences.map((text) => element('li', {}, text)))];
}

function findingItem(model: PopulationModel, finding: Finding, explained: readonly ExplainedFinding[]): HTMLElement {
  const show = element(
    'button',
    { class: 'link' },
    `Show ${finding.inside.cases === 1 ? 'this' : 'these'} ${finding.inside.cases.toLocaleString('en')}`,
  );
  show.addEventListener('click', () => {
    model.showFinding(finding);
  });
  const copy = element('button', { class: 'link' }, 'Copy query');
  copy.addEventListener('click', () => {
    model.copy(finding.query, 'The query of this finding was copied.');
  });
  return element(
    'li',
    { class: finding.rank === 1 ? 'finding first' : 'finding', 'data-testid': 'finding' },
    sentence(finding),
    contrast(model, finding),
    finding.clock === undefined ? undefined : rhythmPlot(model, finding, finding.clock),
    finding.groups === undefined ? undefined : groupsView(finding.groups),
    alike(finding),
    nearlyAsGood(finding),
    element('p', { class: 'finding-actions' }, show, copy, strength(finding)),
    folded(
      model,
      finding,
      explained.filter(({ explainedBy }) => explainedBy === finding.rank),
    ),
  );
}

/** What is claimed; the figures behind it, which the bars show, stand in its tooltip. */
function sentence({ text, groups, rates }: Finding): HTMLElement {
  // What the groups are like stands below the claim that there are some.
  const [claim = text, ...figures] = text.split(groups === undefined ? ': ' : '. ');
  const times = rates?.ratio === undefined ? '' : `, at ${amount(rates.ratio)} times the rate elsewhere`;
  const shown = element('p', { class: 'finding-text' }, figures.length === 0 ? text : `${claim}${times}.`);
  setTitle(shown, text);
  return shown;
}

/** How strong the evidence is, in the statistician's terms. */
function strength({ oddsRatio, interval, effect, pAdjusted, episodes, rates }: Finding): HTMLElement {
  const parts = [
    probability(pAdjusted),
    ...(rates?.ratio === undefined ? [] : [`rate ratio ${withInterval(rates.ratio, rates.interval)}`]),
    ...(oddsRatio === undefined ? [] : [`odds ratio ${withInterval(oddsRatio, interval)}`]),
    ...(effect === undefined ? [] : [`effect ${effect.toFixed(2)}`]),
    counted(episodes, 'episode', 'episodes'),
  ];
  return element('span', { class: 'finding-strength' }, parts.join(' · '));
}

function probability(p: number): string {
  if (p >= 1e-3) return `p = ${p.toFixed(3)}`;
  return `p < 1e${p < 1e-300 ? -300 : Math.ceil(Math.log10(p))}`;
}

function withInterval(value: number, interval: Finding['interval']): string {
  if (interval === undefined) return amount(value);
  const [low, high] = interval;
  return `${amount(value)} (${amount(low)} to ${high === null ? '∞' : amount(high)})`;
}

/** What was noticed too and is no news. */
function folded(
  model: PopulationModel,
  finding: Finding,
  explained: readonly ExplainedFinding[],
): HTMLElement | undefined {
  const { alsoSeenAs } = finding;
  const count = alsoSeenAs.length + explained.length;
  if (count === 0) return undefined;
  return element(
    'details',
    { class: 'finding-folded' },
    element(
      'summary',
      {},
      element('span', { class: 'twistie' }),
      `${count} more ${count === 1 ? 'observation follows' : 'observations follow'} from this`,
    ),
    element(
      'ul',
      {},
      ...alsoSeenAs.map(({ dimension, value }) =>
        element('li', {}, `Also seen as ${inWords(dimension)} ${inWords(value)}`),
      ),
      ...explained.map((one) => {
        const show = element('button', { class: 'link' }, 'Show');
        show.addEventListener('click', () => {
          model.showFinding(one);
        });
        return element('li', {}, one.text, ' ', show);
      }),
    ),
  );
}

function inWords(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join(' and ') : String(value);
}
