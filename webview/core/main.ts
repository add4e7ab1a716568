import { PROTOCOL_VERSION } from '../../src/shared/protocol.js';
import { button, progressRing, registerControls } from '../controls.js';
import { element, setAttributes } from '../dom.js';
import { Messenger, type HostEvent } from '../messenger.js';
import { defineElements, showCorePage } from './corePage.js';
import { emptyPage } from '../emptyState.js';
import { baseName } from './hex.js';
import { CoreModel, sentence } from './model.js';

/** Starts the core page: says hello, and builds the page when the host is ready. */
function start(root: HTMLElement): void {
  registerControls();
  defineElements();
  let model: CoreModel | undefined;
  const messenger = new Messenger((event: HostEvent) => {
    switch (event.type) {
      case 'ready':
        if (event.version === PROTOCOL_VERSION) load(event.source);
        else tell('This page and the extension are of different versions', 'Reload the window to bring them together.');
        return;
      case 'notACore':
        notACore(event.source, event.message);
        return;
      case 'unreadable':
        tell(`${baseName(event.source)} could not be read`, event.message);
        return;
      case 'reopened':
        model = undefined;
        messenger.hello();
        return;
      case 'focus':
        model?.selectThread(event.tid);
        model?.selectFrame(event.frame);
    }
  });

  const load = (source: string) => {
    root.replaceChildren(element('div', { class: 'opening' }, progressRing('Reading'), `Reading ${baseName(source)}`));
    Promise.all([
      messenger.ask('summary', {}),
      // A core too damaged for a verdict still has a summary.
      messenger.ask('verdict', {}).catch(() => undefined),
    ]).then(
      ([summary, verdict]) => {
        model = new CoreModel(messenger, summary, verdict, rememberedThread(messenger) ?? summary.crashedTid);
        model.thread.subscribe((tid) => {
          messenger.remember({ tid });
        });
        showCorePage(root, model);
      },
      (error: unknown) => {
        tell('This core could not be read', sentence(error));
      },
    );
  };

  const tell = (title: string, text: string) => {
    const again = button({}, 'Try Again', () => {
      messenger.do({ kind: 'reload' });
    });
    root.replaceChildren(emptyPage(title, text, again));
  };

  const notACore = (source: string, message: string) => {
    const asText = button(
      { 'data-testid': 'open-as-text' },
      'Open as Text',
      () => {
        messenger.do({ kind: 'openAsText' });
      },
      true,
    );
    const page = emptyPage(`${baseName(source)} is not a core dump`, message, asText);
    setAttributes(page, { 'data-testid': 'not-a-core', role: 'alert' });
    root.replaceChildren(page);
  };

  messenger.hello();
}

function rememberedThread(messenger: Messenger): number | undefined {
  const state = messenger.remembered();
  const tid = typeof state === 'object' && state !== null && 'tid' in state ? state.tid : undefined;
  return typeof tid === 'number' ? tid : undefined;
}

const root = document.getElementById('page');
if (root) start(root);
