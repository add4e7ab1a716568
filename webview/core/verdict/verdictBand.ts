import type { CoreSummary, VerdictAnswer } from '../../../src/shared/queries.js';
import { button } from '../../controls.js';
import { element, setText } from '../../dom.js';
import type { CoreModel } from '../model.js';
import { evidenceLists } from './evidenceLists.js';
import { factsLine } from './factsLine.js';

/** The top of the page: what happened, how sure, on what evidence, of which process. */
export class VerdictBand extends HTMLElement {
  show(model: CoreModel): void {
    const { verdict, summary } = model;
    this.dataset['testid'] = 'verdict';
    this.replaceChildren(
      element(
        'div',
        { class: 'verdict-head' },
        element('h1', { class: 'verdict-title' }, verdict?.title ?? 'No verdict'),
        verdict === undefined ? undefined : confidence(verdict.confidence),
        actions(model),
      ),
      element('p', { class: 'verdict-account' }, verdict?.account ?? unreadable(summary)),
      factsLine(summary),
      evidenceLists(model),
    );
    // Written a moment later: a live region speaks only of changes.
    const live = element('p', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
    this.append(live);
    requestAnimationFrame(() => {
      setText(live, spoken(verdict));
    });
    model.announcement.subscribe((text) => {
      if (text !== '') setText(live, text);
    });
  }
}

function actions(model: CoreModel): HTMLElement {
  return element(
    'div',
    { class: 'verdict-actions' },
    button({ 'data-testid': 'text-report', title: 'Open the whole report as text' }, 'Text Report', () => {
      model.messenger.do({ kind: 'textReport' });
    }),
    button(
      { 'data-testid': 'debug-button', title: 'Walk these frames with the debugger' },
      'Debug This Core',
      () => {
        model.messenger.do({ kind: 'debug', frame: model.physicalFrame(model.frame.get()) });
      },
      true,
    ),
  );
}

function confidence(value: number): HTMLElement {
  const percent = percentOf(value);
  const bar = element('span', { class: 'meter-bar' });
  bar.style.width = `${percent}%`;
  return element(
    'span',
    { class: 'confidence', title: `Confidence ${value.toFixed(2)} of 1` },
    element(
      'span',
      {
        class: 'meter',
        role: 'meter',
        'aria-label': 'Confidence',
        'aria-valuemin': '0',
        'aria-valuemax': '100',
        'aria-valuenow': String(percent),
      },
      bar,
    ),
    `${percent} % sure`,
  );
}

/** Never 100: no verdict is certain, and a rounded one must not claim it. */
function percentOf(value: number): number {
  return Math.min(99, Math.round(value * 100));
}

function spoken(verdict: VerdictAnswer | undefined): string {
  return verdict === undefined
    ? 'No verdict.'
    : `${verdict.title}, ${percentOf(verdict.confidence)} % sure. ${verdict.account}`;
}

function unreadable(summary: CoreSummary): string {
  return summary.problems[0]?.message ?? 'Too little of this core could be read to say what happened.';
}
