import { element, setText } from '../dom.js';
import { estimateView } from './estimate/estimateView.js';
import { facetList } from './facets/facetList.js';
import { findingsList } from './findings/findingsList.js';
import { whatItIsNot } from './findings/whatItIsNot.js';
import { headline } from './headline.js';
import { hostMap } from './hosts/hostMap.js';
import { CoreList } from './list/coreList.js';
import { matrixView } from './matrix/matrixView.js';
import { microscopeView } from './microscope/microscopeView.js';
import type { PopulationModel } from './populationModel.js';
import { selectionBar } from './selectionBar.js';
import { sqlBox } from './sql/sqlBox.js';
import { timeline } from './timeline/timeline.js';

/** Names the page's own elements; call once. */
export function defineElements(): void {
  customElements.define('redzone-crashes', CoreList);
}

/** Builds the page of a population: what stands out, then everything to look at it with. */
export function showPopulationPage(root: HTMLElement, model: PopulationModel): void {
  const list = new CoreList();
  list.setAttribute('data-testid', 'cores');
  root.replaceChildren(
    headline(model),
    findingsList(model),
    selectionBar(model),
    timeline(model),
    element(
      'div',
      { class: 'explore' },
      facetList(model),
      element('div', { class: 'explore-centre' }, list),
      element('div', { class: 'explore-right' }, matrixView(model), hostMap(model)),
    ),
    element(
      'div',
      { class: 'panes' },
      microscopeView(model),
      ...whatItIsNot(model),
      estimateView(model),
      sqlBox(model),
    ),
    notice(model),
  );
  list.show(model);
}

/** Long enough to read a sentence. */
const NOTICE_MS = 5000;

/** What is announced, seen for a while and spoken. */
function notice(model: PopulationModel): HTMLElement {
  const place = element('div', { class: 'notice', role: 'status', 'data-testid': 'notice' });
  let timer: ReturnType<typeof setTimeout> | undefined;
  model.announcement.subscribe((text) => {
    clearTimeout(timer);
    setText(place, text);
    place.classList.toggle('shown', text !== '');
    if (text === '') return;
    timer = setTimeout(() => {
      model.announcement.set('');
    }, NOTICE_MS);
  });
  return place;
}
