import type { RegistersAnswer, RegisterValue } from '../../../src/shared/queries.js';
import { element } from '../../dom.js';
import { emptyState } from '../../emptyState.js';
import { wordDigits } from '../hex.js';
import { KIND_WORDS, makeMark, setMark } from '../marks.js';
import { sentence, type CoreModel } from '../model.js';
import type { Pane } from '../../pane.js';
import { vectorTable } from './vectorTable.js';

/** The registers of the chosen frame: general ones with what they point to, the flags by name, and the vectors in their own pane. */
export class RegistersView extends HTMLElement {
  #run = 0;
  #rows = new Map<string, HTMLElement>();

  show(model: CoreModel, vectors: Pane): void {
    const load = () => {
      this.#load(model, vectors);
    };
    // The number of a frame follows from the list of frames, so both decide what to ask.
    model.frame.subscribe(load);
    model.frames.subscribe(load);
    model.lit.subscribe((lit) => {
      for (const [register, row] of this.#rows) row.classList.toggle('lit', lit.registers.has(register));
    });
  }

  #load(model: CoreModel, vectors: Pane): void {
    const tid = model.thread.get();
    const run = ++this.#run;
    if (tid === undefined) {
      this.replaceChildren(emptyState('No registers', 'This core holds no thread that could be read.'));
      vectors.body.replaceChildren();
      return;
    }
    const frame = model.physicalFrame(model.frame.get());
    model.messenger.ask('registers', { tid, frame }).then(
      (answer) => {
        if (run === this.#run) this.#fill(model, answer, vectors);
      },
      (error: unknown) => {
        if (run === this.#run) this.replaceChildren(emptyState('No registers', sentence(error)));
      },
    );
  }

  #fill(model: CoreModel, answer: RegistersAnswer, vectors: Pane): void {
    this.#rows = new Map();
    const table = element('div', { class: 'registers', role: 'table', 'aria-label': 'General registers' });
    for (const register of answer.general) {
      const row = registerRow(register, answer.flags);
      row.classList.toggle('lit', model.lit.get().registers.has(register.name));
      this.#rows.set(register.name, row);
      table.append(row);
    }
    this.replaceChildren(table);
    vectors.setCount(answer.vectors.length);
    vectors.body.replaceChildren(vectorTable(answer));
  }
}

function registerRow(register: RegisterValue, flags: readonly string[] | undefined): HTMLElement {
  const word = register.value === undefined ? undefined : wordDigits(register.value);
  const mark = makeMark();
  const isFlags = /^[re]?flags$/.test(register.name);
  setMark(mark, register.value === undefined || isFlags ? undefined : register.kind);
  const known = word !== undefined;
  const text = isFlags && flags !== undefined ? flags.join(' ') : register.text;
  return element(
    'div',
    {
      class: `register-row${register.changed ? ' changed' : ''}${known ? '' : ' unknown'}`,
      role: 'row',
      'data-register': register.name,
      title: known
        ? `${register.name} ${register.value ?? ''}\n${isFlags ? text : `${KIND_WORDS[register.kind]}: ${register.text}`}${register.changed ? '\ndiffers from the frame inside it' : ''}`
        : `${register.name} is not known at this frame`,
    },
    element('span', { class: 'register-name', role: 'rowheader' }, register.name),
    element(
      'span',
      { class: 'value', role: 'cell' },
      element('span', { class: 'zeros' }, word?.zeros ?? ''),
      element('span', {}, word?.digits ?? 'not known'),
    ),
    element(
      'span',
      { class: 'meaning', role: 'cell' },
      mark,
      element('span', { class: `slot-text kind-${isFlags ? 'number' : register.kind}` }, known ? text : ''),
    ),
  );
}
