import type { Hypothesis } from '../../../src/shared/report.js';
import { textField } from '../../controls.js';
import { element, setText, setTitle } from '../../dom.js';
import { VirtualList } from '../../list/virtualList.js';
import type { Pane } from '../../pane.js';
import { type CoreModel, sentence } from '../model.js';

/** A way to read the crashed thread's stack. */
type Reading = Pick<Hypothesis, 'id' | 'registers' | 'why' | 'chosen'> & { readonly score?: number };

/**
 * The ways to read the crashed thread's stack that the verdict weighed, and what the reader assumes: choosing one shows the stack that it
 * gives, beside the one that the verdict chose.
 */
export class ReadingList extends HTMLElement {
  #readings: readonly Reading[] = [];

  show(model: CoreModel, pane: Pane): void {
    const host = element('div', { class: 'reading-list' });
    const hint = element('p', { class: 'quiet reading-hint', role: 'status', 'aria-live': 'polite' });
    const weighed = model.verdict?.hypotheses ?? [];
    const chosen = weighed.find((hypothesis) => hypothesis.chosen)?.id;
    const current = (): string | undefined => model.hypothesis.get() ?? chosen;
    const list = new VirtualList(host, {
      role: 'listbox',
      label: 'Readings of the stack',
      create: () =>
        element(
          'div',
          { class: 'reading-row' },
          element('span', { class: 'reading-chosen', 'aria-hidden': 'true' }),
          element('span', { class: 'reading-id mono' }),
          element('span', { class: 'reading-why' }),
          element('span', { class: 'reading-score mono' }),
        ),
      fill: (row, index) => {
        const reading = this.#readings[index];
        const [sign, id, why, score] = row.children;
        if (!reading || !sign || !id || !why || !score) return;
        row.classList.toggle('selected', reading.id === current());
        setText(sign, reading.chosen ? '●' : '');
        setText(id, reading.id);
        setText(why, reading.why);
        setText(score, reading.score?.toFixed(2) ?? '');
        setTitle(row, titleOf(reading));
      },
      onActivate: (index) => {
        const reading = this.#readings[index];
        if (reading) model.readAs(reading.id === chosen ? undefined : reading.id);
      },
    });
    const fill = (assumed?: Reading): void => {
      this.#readings = [...weighed.filter(({ id }) => id !== assumed?.id), ...(assumed ? [assumed] : [])];
      pane.setCount(this.#readings.length);
      list.setCount(this.#readings.length);
      this.style.setProperty('--rows', String(Math.min(this.#readings.length, MOST_ROWS)));
      host.hidden = this.#readings.length === 0;
    };
    const assume = (typed: string): void => {
      const tid = model.summary.crashedTid;
      const reading = readingOf(typed);
      if (tid === undefined || reading === '') return;
      setText(hint, '');
      model.messenger.ask('compare', { left: { tid }, right: { tid, hypothesis: reading }, from: 0, count: 0 }).then(
        ({ right }) => {
          const { registers, score } = right;
          const known = weighed.some(({ id }) => id === reading);
          if (!known)
            fill({ id: reading, registers, why: 'assumed', chosen: false, ...(score === undefined ? {} : { score }) });
          model.readAs(reading === chosen ? undefined : reading);
          list.refresh();
        },
        (error: unknown) => {
          setText(hint, sentence(error));
        },
      );
    };
    const field = textField(
      {
        'aria-label': 'What if: registers to assume',
        placeholder: 'What if? rsp+=8',
        title: 'Registers to assume, as rsp+=8 or rip=0x401136,rsp-=0x10; Enter shows the stack that they give',
        class: 'assume-field',
      },
      () => {
        setText(hint, '');
      },
    );
    field.element.addEventListener('keydown', (event) => {
      // Letters mean nothing but themselves here.
      if (!event.ctrlKey && !event.metaKey && event.key !== 'F3') event.stopPropagation();
      if (event.key === 'Enter') assume(field.value);
    });
    pane.aside.append(field.element);
    this.append(hint, host);
    fill();
    model.hypothesis.subscribe((id) => {
      // What was assumed before this page was drawn anew is still what is shown.
      if (id !== undefined && !this.#readings.some((reading) => reading.id === id))
        fill({ id, registers: {}, why: 'assumed', chosen: false });
      const index = this.#readings.findIndex((reading) => reading.id === current());
      list.setActive(index);
      list.refresh();
    });
    model.thread.subscribe(() => {
      list.refresh();
    });
  }
}

const MOST_ROWS = 6;

/** `%rsp + 8` means `rsp+=8`, as one would say it. */
function readingOf(typed: string): string {
  return typed
    .split(',')
    .map((part) => part.replace(/[\s%$]/g, '').replace(/^([a-z]\w*)([+-])(?=[0-9])/i, '$1$2='))
    .filter((part) => part !== '')
    .join(',');
}

function titleOf({ id, registers, why, chosen, score }: Reading): string {
  const changed = Object.entries(registers).map(([name, value]) => `%${name} = ${value}`);
  return [
    id,
    why,
    changed.length > 0 ? changed.join(', ') : 'the registers as the core has them',
    score === undefined ? '' : `coherence ${score.toFixed(3)}`,
    chosen ? 'the reading that the verdict chose' : 'Choose it to see both stacks side by side',
  ]
    .filter((line) => line !== '')
    .join('\n');
}
