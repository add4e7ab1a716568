import type { SignalField } from '../../../src/shared/queries.js';
import type { SignalFrameReport } from '../../../src/shared/report.js';
import { element, setText } from '../../dom.js';
import { rovingRows } from '../../list/rovingRows.js';
import { addressKey } from '../hex.js';
import type { CoreModel } from '../model.js';
import type { Pane } from '../../pane.js';
import { commandedRows } from '../rowCommands.js';
import { signalWords } from '../verdict/factsLine.js';
import { fieldRow, fieldSubject } from './signalFieldRow.js';

/**
 * The signal frames on the chosen thread's stack, active ones and those left by handlers that have returned, field by field beside what
 * the crash has in its place.
 */
export class SignalFramesView extends HTMLElement {
  #entries = new Map<string, HTMLElement>();

  show(model: CoreModel, pane: Pane): void {
    model.signalFrames.subscribe((frames) => {
      this.#entries = new Map();
      pane.setCount(frames?.length);
      if (frames === undefined) this.replaceChildren();
      else if (frames.length === 0)
        this.replaceChildren(element('p', { class: 'quiet', title: NONE }, 'None on this stack.'));
      else {
        const entries = frames.map((frame, index) => this.#entry(model, frame, index === 0));
        this.replaceChildren(...entries.map(({ root }) => root));
        fillFields(model, frames, entries);
      }
    });
    model.lit.subscribe((lit) => {
      for (const [key, entry] of this.#entries) entry.classList.toggle('lit', lit.signalFrames.has(key));
    });
  }

  #entry(model: CoreModel, frame: SignalFrameReport, open: boolean): Entry {
    const place = element('button', { class: 'link mono', title: 'Show it on the stack' }, frame.address);
    place.addEventListener('click', () => {
      model.wanted.set({ address: frame.address });
    });
    const compared = element('p', { class: 'signal-compared', role: 'status' });
    const fields = element('div', {
      class: 'signal-fields',
      role: 'grid',
      'aria-label': `Fields of the signal frame at ${frame.address}`,
    });
    const root = element(
      'details',
      { class: `signal-entry ${frame.active ? 'active-signal' : 'stale-signal'}`, 'data-testid': 'signal-frame' },
      element(
        'summary',
        {},
        element('span', { class: 'twistie' }),
        element(
          'span',
          { class: 'signal-name' },
          frame.siginfo === undefined ? 'no valid siginfo' : signalWords(frame.siginfo),
        ),
        element('span', { class: 'trust' }, frame.active ? 'active' : 'stale'),
      ),
      element(
        'p',
        { class: 'signal-where' },
        'at ',
        place,
        ' interrupted ',
        element('span', { class: 'mono' }, frame.symbol ?? frame.registers['rip'] ?? '?'),
      ),
      compared,
      fields,
    );
    root.open = open;
    this.#entries.set(addressKey(frame.address), root);
    return { root, compared, fields };
  }
}

const NONE = 'No handler was running, and none that has returned left its frame.';

interface Entry {
  readonly root: HTMLElement;
  readonly compared: HTMLElement;
  readonly fields: HTMLElement;
}

/** Fills the places that were kept for the fields. */
function fillFields(model: CoreModel, frames: readonly SignalFrameReport[], entries: readonly Entry[]): void {
  const tid = model.thread.get();
  if (tid === undefined) return;
  model.messenger.ask('signalFields', { tid }).then(
    (answer) => {
      // Of a thread that was left meanwhile.
      if (model.signalFrames.get() !== frames) return;
      entries.forEach((entry, index) => {
        fillEntry(model, entry, answer[index] ?? []);
      });
    },
    () => undefined,
  );
}

function fillEntry(model: CoreModel, { compared, fields }: Entry, all: readonly SignalField[]): void {
  const beside = all.filter(({ equal }) => equal !== undefined);
  const different = beside.filter(({ equal }) => equal === false).length;
  setText(
    compared,
    different === 0
      ? `All ${beside.length} registers are those of the crash.`
      : `${different} of ${beside.length} registers differ from the crash’s.`,
  );
  fields.replaceChildren(...all.map(fieldRow));
  const rows = () => [...fields.querySelectorAll<HTMLElement>('.register-row')];
  const commands = commandedRows(
    model,
    (index) => all[index] && fieldSubject(model.thread.get(), all[index]),
    (index) => rows()[index],
  );
  rovingRows(fields, {
    selector: '.register-row',
    keyAttribute: 'data-field',
    onMove: (row) => {
      commands.onMove(rows().indexOf(row));
    },
    onActivate: (row) => {
      const field = all[rows().indexOf(row)];
      const follow = field && fieldSubject(model.thread.get(), field).follow;
      if (follow) model.goTo(follow.address, follow.code);
      else if (field?.slot !== undefined) model.wanted.set({ address: field.slot });
    },
    onKey: (event, row) => commands.onKey(event, rows().indexOf(row)),
    menu: (row) => commands.menu(rows().indexOf(row)),
  });
}
