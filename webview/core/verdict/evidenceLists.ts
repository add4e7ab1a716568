import type { Remedy } from '../../../src/shared/protocol.js';
import type { EvidenceItem } from '../../../src/shared/report.js';
import { element } from '../../dom.js';
import type { CoreModel } from '../model.js';

/** The evidence for the verdict, and beside it what speaks against it and what could not be checked. */
export function evidenceLists(model: CoreModel): HTMLElement {
  const evidence = model.verdict?.evidence ?? [];
  const heaviestFirst = [...evidence].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const speaksFor = heaviestFirst.filter((item) => item.weight >= 0);
  const against = heaviestFirst.filter((item) => item.weight < 0);
  const problems = model.summary.problems.map((problem) => problem.message);
  const missing = model.verdict?.missing ?? [];
  const root = element(
    'div',
    { class: 'evidence', 'data-testid': 'evidence' },
    list(
      'Evidence for',
      'for',
      speaksFor.map((item) => evidenceRow(model, item)),
    ),
    element(
      'div',
      { class: 'evidence-side' },
      list(
        'Problems of this file',
        'problems',
        problems.map((text) => plainRow('!', text)),
      ),
      list(
        'Evidence against',
        'against',
        against.map((item) => evidenceRow(model, item)),
      ),
      missingList(missing),
      missing.length > 0 ? remedies(model) : undefined,
    ),
  );
  root.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') model.unpin();
  });
  return root;
}

function list(label: string, tone: string, rows: readonly HTMLElement[]): HTMLElement | undefined {
  return rows.length === 0
    ? undefined
    : element('ul', { class: `evidence-list ${tone}`, 'aria-label': label }, ...rows);
}

function evidenceRow(model: CoreModel, item: EvidenceItem): HTMLElement {
  const sign = item.weight < 0 ? '−' : '+';
  const word = item.weight < 0 ? 'Against: ' : '';
  const contents = [
    element('span', { class: 'evidence-sign', 'aria-hidden': 'true' }, sign),
    element('span', { class: 'visually-hidden' }, word),
    element('span', { class: 'evidence-text' }, item.text),
  ];
  const title = `${item.rule}, weight ${item.weight.toFixed(2)}`;
  if (item.refs.length === 0) return element('li', {}, element('span', { class: 'evidence-item', title }, ...contents));
  const link = element('button', { class: 'evidence-item', title: `${title}. Click to go there` }, ...contents);
  const light = () => {
    model.light(item.refs);
  };
  const unlight = () => {
    model.light(undefined);
  };
  link.addEventListener('pointerenter', light);
  link.addEventListener('pointerleave', unlight);
  link.addEventListener('focus', light);
  link.addEventListener('blur', unlight);
  link.addEventListener('click', () => {
    model.follow(item.refs);
  });
  return element('li', {}, link);
}

/** What could not be checked, one line each; what exceeds a few lines unfolds when it is wanted. */
function missingList(texts: readonly string[]): HTMLElement | undefined {
  const rows = texts.map((text) => plainRow('?', text));
  const made = list('Not checked', 'missing', rows);
  const more = rows.slice(MISSING_SHOWN);
  if (!made || more.length < 2) return made;
  for (const row of more) row.hidden = true;
  const unfold = element(
    'button',
    { class: 'evidence-item' },
    element('span', { class: 'evidence-sign', 'aria-hidden': 'true' }, '…'),
    element('span', { class: 'evidence-text' }, `${more.length} more not checked`),
  );
  const last = element('li', {}, unfold);
  unfold.addEventListener('click', () => {
    for (const row of more) row.hidden = false;
    last.remove();
  });
  made.append(last);
  return made;
}

/** What would fill the gaps: the places where binaries and debug files are looked for. */
function remedies(model: CoreModel): HTMLElement {
  const link = (remedy: Remedy, text: string, title: string) => {
    const made = element('button', { class: 'link', title }, text);
    made.addEventListener('click', () => {
      model.messenger.do({ kind: 'mend', remedy });
    });
    return made;
  };
  return element(
    'p',
    { class: 'remedies' },
    link('debugDirs', 'Add folders with binaries', 'The setting redzone.debugDirs: searched by build id and by name'),
    ' or ',
    link('sysroot', 'the root of the crashed machine', 'The setting redzone.sysroot'),
    '; the core is then read again.',
  );
}

/** Lines of what is missing that are shown at first. */
const MISSING_SHOWN = 3;

function plainRow(sign: string, text: string): HTMLElement {
  return element(
    'li',
    {},
    element(
      'span',
      { class: 'evidence-item', title: text },
      element('span', { class: 'evidence-sign', 'aria-hidden': 'true' }, sign),
      element('span', { class: 'evidence-text' }, text),
    ),
  );
}
