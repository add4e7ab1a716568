import type { ComparedSide, StackChoice } from '../../../src/shared/queries.js';
import { element, setText, setTitle } from '../../dom.js';

/** The heads of both sides: which stack it is, and how well it holds together. */
export class SideHeads {
  readonly #left = element('span', { class: 'compare-head', role: 'columnheader' });
  readonly #right = element('span', { class: 'compare-head', role: 'columnheader' });
  readonly root = element(
    'div',
    { class: 'compare-row compare-heads', role: 'row', 'aria-rowindex': '1' },
    element('span', { class: 'compare-name', role: 'columnheader' }, 'where'),
    this.#left,
    element(
      'span',
      { class: 'compare-sign', role: 'columnheader' },
      element('span', { class: 'visually-hidden' }, 'how they compare'),
    ),
    this.#right,
  );

  show(left: ComparedSide, right: ComparedSide): void {
    for (const [head, side] of [
      [this.#left, left],
      [this.#right, right],
    ] as const) {
      setText(head, sideWords(side));
      setTitle(head, sideTitle(side));
    }
  }
}

function sideWords(side: ComparedSide): string {
  if (side.score === undefined) return choiceWords(side);
  const judged = side.chosen && side.hypothesis === undefined ? ', as judged' : '';
  // Named, since a bare number beside a verdict reads as how sure that is.
  return `${choiceWords(side)}, coherence ${side.score.toFixed(2)}${judged}`;
}

function choiceWords({ core, tid, hypothesis }: StackChoice & Pick<ComparedSide, 'core'>): string {
  const thread = hypothesis === undefined ? `thread ${tid}` : `thread ${tid} if ${hypothesis}`;
  return core === undefined ? thread : `${core}, ${thread}`;
}

function sideTitle(side: ComparedSide): string {
  const changed = Object.entries(side.registers).map(([name, value]) => `%${name} = ${value}`);
  return [
    choiceWords(side),
    side.why ?? '',
    changed.join(', '),
    side.score === undefined ? '' : `coherence ${side.score.toFixed(3)}`,
    `${side.frames} frames; the walk ended: ${side.stop}`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}
