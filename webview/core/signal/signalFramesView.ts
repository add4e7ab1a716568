import type { SignalFrameReport } from '../../../src/shared/report.js';
import { element } from '../../dom.js';
import { addressKey, parseHex, wordDigits } from '../hex.js';
import type { CoreModel } from '../model.js';
import type { Pane } from '../../pane.js';
import { signalWords } from '../verdict/factsLine.js';

/** The signal frames on the chosen thread's stack, active ones and those left by handlers that have returned, field by field. */
export class SignalFramesView extends HTMLElement {
  #entries = new Map<string, HTMLElement>();

  show(model: CoreModel, pane: Pane): void {
    model.signalFrames.subscribe((frames) => {
      this.#entries = new Map();
      pane.setCount(frames?.length);
      if (frames === undefined) this.replaceChildren();
      else if (frames.length === 0) this.replaceChildren(element('p', { class: 'quiet' }, 'None on this stack.'));
      else this.replaceChildren(...frames.map((frame, index) => this.#entry(model, frame, index === 0)));
    });
    model.lit.subscribe((lit) => {
      for (const [key, entry] of this.#entries) entry.classList.toggle('lit', lit.signalFrames.has(key));
    });
  }

  #entry(model: CoreModel, frame: SignalFrameReport, open: boolean): HTMLElement {
    const place = element('button', { class: 'link mono', title: 'Show it on the stack' }, frame.address);
    place.addEventListener('click', () => {
      model.wanted.set({ address: frame.address });
    });
    const entry = element(
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
      fields(frame),
    );
    entry.open = open;
    this.#entries.set(addressKey(frame.address), entry);
    return entry;
  }
}

function fields(frame: SignalFrameReport): HTMLElement {
  const rows: (readonly [string, string])[] = Object.entries(frame.registers);
  const { alternateStack } = frame;
  rows.push(
    ['trapno', String(frame.trapno)],
    ['err', frame.err],
    ['cr2', frame.cr2],
    ['sigmask', frame.sigmask],
    ['fpstate', frame.fpstate],
  );
  if (alternateStack)
    rows.push(
      ['altstack', alternateStack.base],
      ['  size', alternateStack.size],
      ['  flags', String(alternateStack.flags)],
    );
  return element(
    'div',
    { class: 'signal-fields', role: 'table', 'aria-label': 'Saved registers' },
    ...rows.map(([label, value]) => fieldRow(label, value)),
  );
}

function fieldRow(label: string, value: string): HTMLElement {
  const word = parseHex(value) === undefined ? { zeros: '', digits: value } : wordDigits(value);
  return element(
    'div',
    { class: 'register-row', role: 'row', title: `${label} ${value}` },
    element('span', { class: 'register-name', role: 'rowheader' }, label),
    element(
      'span',
      { class: 'value', role: 'cell' },
      element('span', { class: 'zeros' }, word.zeros),
      element('span', {}, word.digits),
    ),
  );
}
