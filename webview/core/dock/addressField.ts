import { textField } from '../../controls.js';
import { setText } from '../../dom.js';
import { element } from '../../dom.js';
import { type CoreModel, sentence } from '../model.js';

/** A place where an address, a register or a sum of them is typed; Enter works it out, at the frame that is chosen. */
export class AddressField {
  readonly root: HTMLElement;
  readonly #field = textField(
    { 'aria-label': 'Address or expression', placeholder: 'Address, $rsp+16, symbol', class: 'address-field' },
    () => {
      setText(this.#note, '');
    },
  );
  readonly #note = element('span', { class: 'address-note', role: 'status', 'aria-live': 'polite' });

  constructor(model: CoreModel, go: (address: string) => void) {
    this.root = element('div', { class: 'address-bar' }, this.#field.element, this.#note);
    this.#field.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') return;
      // Letters mean nothing but themselves here.
      if (!event.ctrlKey && !event.metaKey && event.key !== 'F3') event.stopPropagation();
      const text = this.#field.value.trim();
      if (event.key !== 'Enter' || text === '') return;
      const tid = model.thread.get();
      const frame = model.physicalFrame(model.frame.get());
      model.messenger.ask('whatIs', { address: text, ...(tid === undefined ? {} : { tid, frame }) }).then(
        ({ value, text: words }) => {
          setText(this.#note, words);
          go(value);
        },
        (error: unknown) => {
          setText(this.#note, sentence(error));
        },
      );
    });
  }

  /** What is shown now. */
  set address(address: string) {
    this.#field.value = address;
  }

  say(text: string): void {
    setText(this.#note, text);
  }

  focus(): void {
    this.#field.focus();
    this.#field.select();
  }
}
