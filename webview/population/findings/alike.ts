import type { AlsoSeenAs, Finding } from '../../../src/shared/findings.js';
import { element } from '../../dom.js';

/** What divides the crashes as the finding does: any of them may be the cause, and a reader must know before acting on the first. */
export function alike({ sameAs }: Finding): HTMLElement | undefined {
  if (sameAs === undefined || sameAs.length === 0) return undefined;
  return element(
    'p',
    { class: 'finding-alike', 'data-testid': 'alike' },
    'Just as well: ',
    ...sameAs.flatMap((one, index) => [...(index > 0 ? ['; '] : []), element('b', {}, inWords(one))]),
    '. Nothing in the table tells which it is.',
  );
}

function inWords({ dimension, value }: AlsoSeenAs): string {
  const values = Array.isArray(value) ? value.map(String) : [String(value)];
  const names = typeof dimension === 'string' ? [dimension] : dimension;
  return names.map((name, index) => `${name} = ${values[index] ?? ''}`).join(' and ');
}
