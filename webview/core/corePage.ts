import { dropdown } from '../controls.js';
import { element, setText, type Child } from '../dom.js';
import { FrameList } from './frames/frameList.js';
import { MappingList } from './memory/mappingList.js';
import { ModuleList } from './memory/moduleList.js';
import type { CoreModel } from './model.js';
import { Pane } from '../pane.js';
import { RegistersView } from './registers/registersView.js';
import { SignalFramesView } from './signal/signalFramesView.js';
import { StackView } from './stack/stackView.js';
import { ThreadList } from './threads/threadList.js';
import { VerdictBand } from './verdict/verdictBand.js';

/** Names the page's own elements; call once, before `corePage`. */
export function defineElements(): void {
  customElements.define('redzone-verdict', VerdictBand);
  customElements.define('redzone-threads', ThreadList);
  customElements.define('redzone-frames', FrameList);
  customElements.define('redzone-stack', StackView);
  customElements.define('redzone-registers', RegistersView);
  customElements.define('redzone-signal-frames', SignalFramesView);
  customElements.define('redzone-mappings', MappingList);
  customElements.define('redzone-modules', ModuleList);
}

/** Builds the page of an opened core into `root`: every place first, so that nothing moves when its contents arrive. */
export function showCorePage(root: HTMLElement, model: CoreModel): void {
  const verdict = new VerdictBand();
  const threads = new ThreadList();
  const frames = new FrameList();
  const stack = new StackView();
  const registers = new RegistersView();
  const signalFrames = new SignalFramesView();

  const threadPane = pane('threads', 'Threads', threads, 'threads');
  const framePane = pane('frames', 'Call stack', frames, 'frames');
  const stackPane = pane('stack', 'Stack', stack, 'stack');
  const registerPane = pane('registers', 'Registers', registers, 'registers');
  const vectorPane = new Pane({ id: 'vectors', title: 'Vectors', foldable: true });
  const signalPane = new Pane({ id: 'signals', title: 'Signal frames', foldable: true, open: true });
  signalPane.body.append(signalFrames);

  root.replaceChildren(
    verdict,
    element(
      'div',
      { class: 'columns' },
      element(
        'div',
        { class: 'column left' },
        threadPane.root,
        framePane.root,
        modulesPane(model),
        mappingsPane(model),
      ),
      element('div', { class: 'column centre' }, stackPane.root),
      element('div', { class: 'column right' }, registerPane.root, vectorPane.root, signalPane.root),
    ),
  );

  verdict.show(model);
  threadPane.setCount(model.summary.threadCount);
  threadPane.root.style.setProperty('--rows', String(Math.min(Math.max(model.summary.threadCount, 1), 8)));
  threads.show(model);
  frames.show(model);
  stack.show(model);
  registers.show(model, vectorPane);
  signalFrames.show(model, signalPane);
  model.frames.subscribe((page) => {
    framePane.setCount(page?.total);
  });
  const reading = readings(model);
  if (reading) framePane.aside.append(reading);
  model.thread.subscribe((tid) => {
    setText(stackPane.aside, tid === undefined ? '' : `thread ${tid}`);
  });
  showNotices(model, stackPane.aside);
}

/** Long enough to read a sentence. */
const NOTICE_MS = 5000;

/** Shows what is announced where the reader looks, for a while. */
function showNotices(model: CoreModel, place: HTMLElement): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  model.announcement.subscribe((text) => {
    if (text === '') return;
    clearTimeout(timer);
    setText(place, text);
    timer = setTimeout(() => {
      const tid = model.thread.get();
      model.announcement.set('');
      setText(place, tid === undefined ? '' : `thread ${tid}`);
    }, NOTICE_MS);
  });
}

function pane(id: string, title: string, body: Child & Node, testId: string): Pane {
  const made = new Pane({ id, title, testId, foldable: false });
  made.body.append(body);
  return made;
}

/** A choice of how to read the stack, where the verdict weighed more than one way. */
function readings(model: CoreModel): HTMLElement | undefined {
  const hypotheses = model.verdict?.hypotheses ?? [];
  if (hypotheses.length < 2) return undefined;
  const chosen = hypotheses.find((hypothesis) => hypothesis.chosen)?.id ?? '';
  const choices = hypotheses.map((hypothesis) => ({
    value: hypothesis.id,
    label: `${hypothesis.id}  ${hypothesis.score.toFixed(2)}`,
  }));
  return dropdown({ class: 'readings', 'aria-label': 'Read the stack as' }, choices, chosen, (id) => {
    model.selectHypothesis(id === chosen ? undefined : id);
  });
}

function modulesPane(model: CoreModel): HTMLElement {
  return lazyPane('modules', 'Modules', () => new ModuleList(), model);
}

function mappingsPane(model: CoreModel): HTMLElement {
  return lazyPane('mappings', 'Mappings', () => new MappingList(), model);
}

/** A folded pane whose list is made, and asks, when it is first opened. */
function lazyPane(id: string, title: string, make: () => MappingList | ModuleList, model: CoreModel): HTMLElement {
  let made = false;
  const lazy: Pane = new Pane({
    id,
    title,
    testId: id,
    foldable: true,
    onOpen: () => {
      if (made) return;
      made = true;
      const list = make();
      lazy.body.append(list);
      list.show(model, lazy);
    },
  });
  return lazy.root;
}
