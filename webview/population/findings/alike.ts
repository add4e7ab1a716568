import { conditionText } from '../../../src/shared/conditionText.js';
import type { AlsoSeenAs, DimensionValue, Finding } from '../../../src/shared/findings.js';
import { likelihoodText } from '../../../src/shared/likelihoodText.js';
import { element } from '../../dom.js';

/** What divides the crashes as the finding does: any of them may be the cause, and a reader must know before acting on the first. */
export function alike({ sameAs }: Finding): HTMLElement | undefined {
  if (sameAs === undefined || sameAs.length === 0) return undefined;
  return element(
    'p',
    { class: 'finding-alike', 'data-testid': 'alike' },
    'Just as well: ',
    ...listed(sameAs, (one) => [inWords(one)]),
    '. Nothing in the table tells which it is.',
  );
}

/** What explains the same crashes nearly as well, and how much less likely that makes it. */
export function nearlyAsGood({ rivals }: Finding): HTMLElement | undefined {
  if (rivals === undefined || rivals.length === 0) return undefined;
  return element(
    'p',
    { class: 'finding-alike', 'data-testid': 'rivals' },
    'Nearly as well: ',
    ...listed(rivals, (one) => [inWords(one), ` (${likelihoodText(one.bits)})`]),
    `. The data cannot rule ${rivals.length === 1 ? 'it' : 'them'} out.`,
  );
}

function listed<T>(all: readonly T[], said: (one: T) => readonly (HTMLElement | string)[]): (HTMLElement | string)[] {
  return all.flatMap((one, index) => [...(index > 0 ? ['; '] : []), ...said(one)]);
}

function inWords({ dimension, value }: AlsoSeenAs): HTMLElement {
  const values: readonly DimensionValue[] = typeof value === 'object' ? value : [value];
  const names = typeof dimension === 'string' ? [dimension] : dimension;
  return element('b', {}, names.map((name, index) => conditionText(name, values[index] ?? '')).join(' and '));
}
