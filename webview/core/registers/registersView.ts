import type { RegistersAnswer, RegisterValue } from '../../../src/shared/queries.js';
import { element } from '../../dom.js';
import { emptyState } from '../../emptyState.js';
import { rovingRows } from '../../list/rovingRows.js';
import { AnnotationFlag, annotationLines } from '../annotations/annotationFlag.js';
import { wordDigits } from '../hex.js';
import { KIND_WORDS, makeMark, setMark } from '../marks.js';
import { sentence, type CoreModel } from '../model.js';
import type { Pane } from '../../pane.js';
import { commandedRows } from '../rowCommands.js';
import { registerSubject } from '../subject.js';
import { componentTable } from './componentTable.js';
import { vectorTable } from './vectorTable.js';

/** The registers of the chosen frame: general ones with what they point to, the flags by name, and the vectors in their own pane. */
export class RegistersView extends HTMLElement {
  #run = 0;
  #rows = new Map<string, HTMLElement>();
  #values: readonly RegisterValue[] = [];
  #frame = 0;

  show(model: CoreModel, vectors: Pane): void {
    const load = () => {
      this.#load(model, vectors);
    };
    // The number of a frame follows from the list of frames, so both decide what to ask.
    model.frame.subscribe(load);
    model.frames.subscribe(load);
    model.annotations.subscribe(() => {
      this.#flag(model);
    });
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
    model.messenger.ask('registers', { ...(model.choice() ?? { tid }), frame }).then(
      (answer) => {
        this.#frame = frame;
        if (run === this.#run) this.#fill(model, answer, vectors);
      },
      (error: unknown) => {
        if (run === this.#run) this.replaceChildren(emptyState('No registers', sentence(error)));
      },
    );
  }

  #fill(model: CoreModel, answer: RegistersAnswer, vectors: Pane): void {
    this.#rows = new Map();
    const table = element('div', { class: 'registers', role: 'grid', 'aria-label': 'General registers' });
    const hadFocus = this.contains(document.activeElement);
    this.#values = answer.general;
    for (const register of answer.general) {
      const row = registerRow(register, answer.flags);
      row.classList.toggle('lit', model.lit.get().registers.has(register.name));
      this.#rows.set(register.name, row);
      table.append(row);
    }
    this.#flag(model);
    this.#takeKeys(model, table);
    this.replaceChildren(table);
    if (hadFocus) table.focus();
    vectors.setCount(answer.vectors.length);
    vectors.body.replaceChildren(vectorTable(answer));
    const components = componentTable(answer);
    if (components) vectors.body.append(components);
  }

  #subject(model: CoreModel, row: HTMLElement | undefined) {
    const register = this.#values.find(({ name }) => name === row?.dataset['register']);
    const tid = model.thread.get();
    return register && tid !== undefined ? registerSubject(tid, this.#frame, register) : undefined;
  }

  #takeKeys(model: CoreModel, table: HTMLElement): void {
    const rows = () => [...table.querySelectorAll<HTMLElement>('.register-row')];
    const commands = commandedRows(
      model,
      (index) => this.#subject(model, rows()[index]),
      (index) => rows()[index],
    );
    const indexOf = (row: HTMLElement): number => rows().indexOf(row);
    rovingRows(table, {
      selector: '.register-row',
      keyAttribute: 'data-register',
      onMove: (row) => {
        commands.onMove(indexOf(row));
      },
      onActivate: (row) => {
        const follow = this.#subject(model, row)?.follow;
        if (follow) model.goTo(follow.address, follow.code);
      },
      onKey: (event, row) => commands.onKey(event, indexOf(row)),
      menu: (row) => commands.menu(indexOf(row)),
    });
  }

  #flag(model: CoreModel): void {
    const index = model.annotations.get();
    for (const row of this.#rows.values()) {
      const annotations = index.on(this.#subject(model, row)?.target);
      flags.get(row)?.show(annotations);
      row.classList.toggle('has-note', annotations.length > 0);
      row.dataset['notes'] = annotationLines(annotations).join(' ');
    }
  }
}

const flags = new WeakMap<HTMLElement, AnnotationFlag>();

function registerRow(register: RegisterValue, set: readonly string[] | undefined): HTMLElement {
  const word = register.value === undefined ? undefined : wordDigits(register.value);
  const mark = makeMark();
  const isFlags = /^[re]?flags$/.test(register.name);
  setMark(mark, register.value === undefined || isFlags ? undefined : register.kind);
  const known = word !== undefined;
  const text = isFlags && set !== undefined ? set.join(' ') : register.text;
  const flag = new AnnotationFlag();
  const row = element(
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
      { class: 'value', role: 'gridcell' },
      element('span', { class: 'zeros' }, word?.zeros ?? ''),
      element('span', {}, word?.digits ?? 'not known'),
    ),
    element(
      'span',
      { class: 'meaning', role: 'gridcell' },
      mark,
      element('span', { class: `slot-text kind-${isFlags ? 'number' : register.kind}` }, known ? text : ''),
      flag.root,
    ),
  );
  flags.set(row, flag);
  return row;
}
