import { AnnotationList } from './annotations/annotationList.js';
import { FindBar } from './find/findBar.js';
import { findParts } from './find/findParts.js';
import type { PageMemory } from './pageState.js';
import { MemoryView } from './memory/memoryView.js';
import { CodeView } from './code/codeView.js';
import { CompareView } from './compare/compareView.js';
import { Dock } from './dock/dock.js';
import { SearchView } from './search/searchView.js';
import { perform } from './rowCommands.js';
import { element, setText, type Child } from '../dom.js';
import { FrameList } from './frames/frameList.js';
import { MappingList } from './memory/mappingList.js';
import { ModuleList } from './memory/moduleList.js';
import type { CoreModel } from './model.js';
import { Pane } from '../pane.js';
import { ReadingList } from './readings/readingList.js';
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
  customElements.define('redzone-notes', AnnotationList);
  customElements.define('redzone-memory', MemoryView);
  customElements.define('redzone-code', CodeView);
  customElements.define('redzone-search', SearchView);
  customElements.define('redzone-compare', CompareView);
  customElements.define('redzone-readings', ReadingList);
}

/** What of a page can be called from outside. */
export interface CorePage {
  find(): void;
}

/** What the host can do besides. */
export interface PageFeatures {
  readonly hexEditor: boolean;
}

/** Builds the page of an opened core into `root`: every place first, so that nothing moves when its contents arrive. */
export function showCorePage(
  root: HTMLElement,
  model: CoreModel,
  memory: PageMemory,
  features: PageFeatures,
): CorePage {
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
  const foldable = (id: string, title: string, open: boolean, testId?: string) =>
    new Pane({
      id,
      title,
      ...(testId === undefined ? {} : { testId }),
      foldable: true,
      open: memory.state.panes?.[id] ?? open,
      onToggle: (now) => {
        memory.rememberPane(id, now);
      },
    });
  const vectorPane = foldable('vectors', 'Vectors', false);
  const signalPane = foldable('signals', 'Signal frames', true);
  const notePane = foldable('notes', 'Notes', true, 'notes');
  const readingPane = foldable('readings', 'Readings', (model.verdict?.hypotheses.length ?? 0) > 1, 'readings');
  const readings = new ReadingList();
  readingPane.body.append(readings);
  const notes = new AnnotationList();
  notePane.body.append(notes);
  const memoryView = new MemoryView();
  const codeView = new CodeView();
  const searchView = new SearchView();
  const compareView = new CompareView();
  const dock = new Dock(
    [
      { id: 'memory', title: 'Memory', root: memoryView },
      {
        id: 'code',
        title: 'Disassembly',
        root: codeView,
        onShow: () => {
          codeView.appear();
        },
      },
      { id: 'search', title: 'Search', root: searchView },
      { id: 'compare', title: 'Compare', root: compareView },
    ],
    memory,
  );
  const findBar = new FindBar(findParts(model, stack));
  signalPane.body.append(signalFrames);

  root.replaceChildren(
    verdict,
    findBar.root,
    element(
      'div',
      { class: 'columns' },
      element(
        'div',
        { class: 'column left' },
        threadPane.root,
        framePane.root,
        model.summary.crashedTid === undefined ? undefined : readingPane.root,
        notePane.root,
        modulesPane(model, memory),
        mappingsPane(model, memory),
      ),
      element('div', { class: 'column centre' }, stackPane.root, dock.root),
      element('div', { class: 'column right' }, registerPane.root, vectorPane.root, signalPane.root),
    ),
  );

  verdict.show(model);
  threadPane.setCount(model.summary.threadCount);
  threadPane.root.style.setProperty('--rows', String(Math.min(Math.max(model.summary.threadCount, 1), 8)));
  threads.show(model, threadPane);
  frames.show(model);
  stack.show(model);
  registerPane.root.style.setProperty('--registers', String(model.summary.registerCount ?? 0));
  registers.show(model, vectorPane);
  signalFrames.show(model, signalPane);
  model.frames.subscribe((page) => {
    framePane.setCount(page?.total);
    framePane.root.style.setProperty('--rows', String(Math.min(Math.max(page?.total ?? 8, 1), 8)));
  });
  model.thread.subscribe((tid) => {
    setText(stackPane.aside, tid === undefined ? '' : `thread ${tid}`);
  });
  showNotices(model, stackPane.aside);
  notes.show(model, notePane);
  readings.show(model, readingPane);
  const up = (id: string) => () => {
    dock.show(id);
  };
  memoryView.show(model, { ...features, onShow: up('memory') });
  codeView.show(model, { isOpen: () => dock.open === 'code', onShow: up('code') });
  searchView.show(model, { onShow: up('search') });
  compareView.show(model, { onShow: up('compare') });
  rememberPlace(model, memory, stack);
  takeKeys(root, model, findBar);
  return { find: () => findBar.open() };
}

/** Keys that mean the same wherever the focus is. */
function takeKeys(root: HTMLElement, model: CoreModel, findBar: FindBar): void {
  root.onkeydown = (event) => {
    const control = (event.ctrlKey || event.metaKey) && !event.altKey;
    const key = event.key.toLowerCase();
    const used =
      event.key === 'F3'
        ? findBar.isOpen && findBar.step(event.shiftKey ? -1 : 1)
        : control && key === 'f' && !event.shiftKey
          ? findBar.open()
          : control && key === 'z'
            ? perform(model, event.shiftKey ? 'redo' : 'undo')
            : control && key === 'y' && perform(model, 'redo');
    if (!used) return;
    event.preventDefault();
    event.stopPropagation();
  };
}

/** Where the reader was is where the next page of this tab begins. */
function rememberPlace(model: CoreModel, memory: PageMemory, stack: StackView): void {
  const { tid, frame, hypothesis } = memory.state;
  if (tid !== undefined && tid === model.thread.get()) {
    if (hypothesis !== undefined && hypothesis !== '') model.selectHypothesis(hypothesis);
    model.whenFramesAreThere((rows) => {
      if (frame !== undefined && frame < rows.length) model.selectFrame(frame);
    });
    stack.startAt(memory.state);
  }
  model.frames.subscribe((page) => {
    const chosen = model.thread.get();
    if (page !== undefined && chosen !== undefined)
      model.messenger.do({ kind: 'looksAt', tid: chosen, frame: model.physicalFrame(model.frame.get()) });
  });
  model.thread.subscribe((chosen) => {
    if (chosen !== undefined && chosen !== memory.state.tid)
      memory.remember({ tid: chosen, frame: 0, slot: undefined, top: undefined });
  });
  model.frame.subscribe((chosen) => {
    if (model.frames.get() !== undefined) memory.remember({ frame: chosen });
  });
  model.hypothesis.subscribe((chosen) => {
    if (model.frames.get() !== undefined) memory.remember({ hypothesis: chosen ?? '' });
  });
  if (memory.state.memory !== undefined && memory.state.dock === 'memory')
    model.memoryAt.set({ address: memory.state.memory });
  model.memoryAt.subscribe((wanted) => {
    if (wanted) memory.remember({ memory: wanted.address });
  });
  const { comparing } = memory.state;
  if (comparing !== undefined && memory.state.dock === 'compare') model.comparing.set(comparing);
  model.comparing.subscribe((wanted) => {
    if (wanted) memory.remember({ comparing: wanted });
  });
  stack.onPlace = (slot, top) => {
    memory.remember({ slot, top });
  };
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

function modulesPane(model: CoreModel, memory: PageMemory): HTMLElement {
  return lazyPane('modules', 'Modules', () => new ModuleList(), model, memory);
}

function mappingsPane(model: CoreModel, memory: PageMemory): HTMLElement {
  return lazyPane('mappings', 'Mappings', () => new MappingList(), model, memory);
}

/** A folded pane whose list is made, and asks, when it is first opened. */
function lazyPane(
  id: 'modules' | 'mappings',
  title: string,
  make: () => MappingList | ModuleList,
  model: CoreModel,
  memory: PageMemory,
): HTMLElement {
  let made = false;
  const lazy: Pane = new Pane({
    id,
    title,
    testId: id,
    foldable: true,
    onToggle: (open) => {
      memory.rememberPane(id, open);
    },
    onOpen: () => {
      if (made) return;
      made = true;
      const list = make();
      lazy.body.append(list);
      list.show(model, lazy);
    },
  });
  if (memory.state.panes?.[id] === true) lazy.setOpen(true);
  model.pickedRow.subscribe((picked) => {
    if (picked?.list === id) lazy.setOpen(true);
  });
  return lazy.root;
}
