import type { FindingSubject } from '../../../src/shared/findings.js';
import type { Facet } from './facet.js';
import type { TableColumn } from './table.js';

/** How many crashes come at each hour of the day or day of the week, and how many of them are a subject's. */
export interface Rhythm {
  readonly all: Uint32Array;
  readonly cases: Uint32Array;
}

/** By code of the facet less 1. Rows without a label and a kind are no crashes. */
export function rhythmOf(
  facet: Pick<Facet, 'codes' | 'size'>,
  subject: FindingSubject,
  column: (name: string) => TableColumn | undefined,
): Rhythm {
  const texts = (name: 'label' | 'kind' | 'signature') => {
    const found = column(name);
    return found?.type === 'texts' ? found : undefined;
  };
  const label = texts('label');
  const kind = texts('kind');
  const wanted = (['label', 'kind', 'signature'] as const).flatMap((name) => {
    const text = subject[name];
    const own = texts(name);
    return text === undefined || own === undefined
      ? []
      : [{ codes: own.codes, code: own.dictionary.codeOf(text) ?? -1 }];
  });
  const all = new Uint32Array(facet.size - 1);
  const cases = new Uint32Array(facet.size - 1);
  for (let row = 0; row < facet.codes.length; row++) {
    const at = (facet.codes[row] ?? 0) - 1;
    if (at < 0 || ((label?.codes[row] ?? 0) === 0 && (kind?.codes[row] ?? 0) === 0)) continue;
    all[at] = (all[at] ?? 0) + 1;
    if (wanted.every(({ codes, code }) => codes[row] === code)) cases[at] = (cases[at] ?? 0) + 1;
  }
  return { all, cases };
}
