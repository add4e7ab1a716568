import { PROTOCOL_VERSION, type AnnotationState, type CorePlace } from '../../src/shared/protocol.js';
import { button, progressRing, registerControls } from '../controls.js';
import { element, setAttributes } from '../dom.js';
import { emptyPage } from '../emptyState.js';
import { keepFocus } from '../keptFocus.js';
import { Messenger, type HostEvent } from '../messenger.js';
import { AnnotationIndex } from '../../src/shared/annotationIndex.js';
import { defineElements, showCorePage, type CorePage } from './corePage.js';
import { baseName } from './hex.js';
import { CoreModel, sentence } from './model.js';
import { PageMemory } from './pageState.js';
import { perform } from './rowCommands.js';

/** Starts the core page: says hello, and builds the page when the host is ready. */
function start(root: HTMLElement): void {
  registerControls();
  defineElements();
  keepFocus(root);
  let model: CoreModel | undefined;
  let page: CorePage | undefined;
  // What is told before the page is there waits for it.
  let annotations: AnnotationState | undefined;
  let place: CorePlace | undefined;
  let hexEditor = false;

  const messenger = new Messenger((event: HostEvent) => {
    switch (event.type) {
      case 'ready':
        hexEditor = event.hexEditor;
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
        page = undefined;
        messenger.hello();
        return;
      case 'focus':
        model?.selectThread(event.tid);
        model?.whenFramesAreThere(() => model?.showFrame(event.frame));
        return;
      case 'annotations':
        annotations = event;
        model?.annotations.set(new AnnotationIndex(event));
        return;
      case 'notice':
        model?.announcement.set(event.text);
        return;
      case 'reveal':
        if (model) model.goToPlace(event.place);
        else place = event.place;
        return;
      case 'perform':
        if (event.command === 'find') page?.find();
        else if (model) perform(model, event.command);
    }
  });
  const memory = new PageMemory(messenger);

  const load = (source: string) => {
    root.replaceChildren(element('div', { class: 'opening' }, progressRing('Reading'), `Reading ${baseName(source)}`));
    Promise.all([
      messenger.ask('summary', {}),
      // A core too damaged for a verdict still has a summary.
      messenger.ask('verdict', {}).catch(() => undefined),
    ]).then(
      ([summary, verdict]) => {
        memory.beginWith(summary);
        const opened = new CoreModel(messenger, summary, verdict, memory.state.tid ?? summary.crashedTid);
        model = opened;
        if (annotations) opened.annotations.set(new AnnotationIndex(annotations));
        page = showCorePage(root, opened, memory, { hexEditor });
        if (place) opened.goToPlace(place);
        place = undefined;
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
    const said = emptyPage(`${baseName(source)} is not a core dump`, message, asText);
    setAttributes(said, { 'data-testid': 'not-a-core', role: 'alert' });
    root.replaceChildren(said);
  };

  messenger.hello();
}

const root = document.getElementById('page');
if (root) start(root);
