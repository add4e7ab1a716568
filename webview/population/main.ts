import { PROTOCOL_VERSION } from '../../src/shared/protocol.js';
import type { PopulationLine } from '../../src/shared/populationPage.js';
import { button, progressRing, registerControls } from '../controls.js';
import { element, setAttributes, setText } from '../dom.js';
import { emptyPage } from '../emptyState.js';
import { keepFocus } from '../keptFocus.js';
import { Messenger } from '../messenger.js';
import { editorHost, fetchTable } from './editorHost.js';
import { embeddedHost, embeddedTable } from './embeddedHost.js';
import type { PopulationHost } from './host.js';
import { readLink, writeLink } from './model/link.js';
import { readTable } from './model/table.js';
import { defineElements, showPopulationPage } from './populationPage.js';
import { PopulationModel } from './populationModel.js';

/** Starts the population page: with the table that stands in it, or with the one that an editor answers. */
async function start(root: HTMLElement): Promise<void> {
  registerControls();
  defineElements();
  keepFocus(root);
  root.replaceChildren(element('div', { class: 'opening' }, progressRing('Reading'), 'Reading the table'));
  try {
    const embedded = await embeddedTable();
    if (embedded) {
      const model = show(root, embedded, embeddedHost());
      window.addEventListener('hashchange', () => {
        model.restore(readLink(location.hash.slice(1)));
      });
      return;
    }
  } catch (error) {
    root.replaceChildren(emptyPage('This page cannot be shown', sentence(error)));
    return;
  }
  inEditor(root);
}

function inEditor(root: HTMLElement): void {
  let model: PopulationModel | undefined;
  const messenger = new Messenger<PopulationLine>((event) => {
    switch (event.type) {
      case 'ready':
        if (event.version === PROTOCOL_VERSION) load(event.dataset, event.state);
        else tell('This page and the extension are of different versions', 'Reload the window to bring them together.');
        return;
      case 'show':
        model?.restore(readLink(event.state));
        return;
      case 'unreadable':
        tell(`${event.dataset} could not be read as a data set`, event.message);
        return;
      case 'reopened':
        model = undefined;
        messenger.hello();
    }
  });

  const load = (dataset: string, state: string | undefined) => {
    const words = element('span', {}, `Reading ${dataset}`);
    root.replaceChildren(element('div', { class: 'opening' }, progressRing('Reading'), words));
    fetchTable(messenger, (share) => {
      setText(words, `Reading ${dataset}: ${Math.round(share * 100)} %`);
    }).then(
      (pack) => {
        model = show(root, pack, editorHost(messenger, state), dataset);
      },
      (error: unknown) => {
        tell(`${dataset} could not be read as a data set`, sentence(error));
      },
    );
  };

  const tell = (title: string, text: string) => {
    const again = button({}, 'Try Again', () => {
      messenger.do({ kind: 'reload' });
    });
    const asText = button({ 'data-testid': 'open-as-text' }, 'Open as Text', () => {
      messenger.do({ kind: 'openAsText' });
    });
    const page = emptyPage(title, text, again, asText);
    setAttributes(page, { 'data-testid': 'unreadable', role: 'alert' });
    root.replaceChildren(page);
  };

  messenger.hello();
}

/** `dataset` is what the reader calls it, where the table itself names a path. */
function show(root: HTMLElement, pack: Uint8Array, host: PopulationHost, dataset?: string): PopulationModel {
  const { header, table, words } = readTable(pack);
  const model = new PopulationModel(table, dataset ?? header.dataset, host, header.report, header.source, words);
  showPopulationPage(root, model);
  const link = host.remembered();
  if (link !== undefined) model.restore(readLink(link));
  const remember = () => {
    host.remember(writeLink({ selection: model.selection.get(), view: model.view.get() }));
  };
  model.selection.subscribe(remember);
  model.view.subscribe(remember);
  return model;
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const root = document.getElementById('page');
if (root) void start(root);
