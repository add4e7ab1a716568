import type { Facet } from './facet.js';
import type { TextColumn } from './table.js';

/**
 * What the plots tell apart by colour: the labels, or the kinds of a table without labels. At most `MOST_GROUPS` of them and, last,
 * all the rest together; rows without any are code 0.
 */
export interface Groups extends Pick<Facet, 'codes' | 'size' | 'text'> {
  /** The column they come from; `undefined` where there is neither label nor kind. */
  readonly column: string | undefined;
  /** The codes of the groups that have rows, in the order they are drawn in: the largest first, no label last. */
  readonly order: readonly number[];
  /** Which colour and mark a code has: 1 to `COLOURS` by what it is called, 0 for what is of no special interest. */
  colour(code: number): number;
  /** Whether a code stands for one value, by which rows can be chosen. */
  single(code: number): boolean;
}

/** More colours than these nobody tells apart. */
export const COLOURS = 6;
const MOST_GROUPS = 7;

/** The labels of the write-up keep their colours in every fleet; `other` stays grey. */
const COLOUR_OF: ReadonlyMap<string, number> = new Map([
  ['return-to-null', 1],
  ['misaligned-stack', 2],
  ['other', 0],
]);

export function groupsOf(column: TextColumn | undefined, rows: number): Groups {
  if (!column) return single(rows);
  const { dictionary } = column;
  const counts = new Uint32Array(dictionary.size + 1);
  for (const code of column.codes) counts[code] = (counts[code] ?? 0) + 1;
  const bySize = [...counts.keys()].slice(1).sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0));
  const named = bySize.slice(0, MOST_GROUPS);
  const hasRest = bySize.length > named.length;
  const groupOf = new Uint8Array(dictionary.size + 1);
  groupOf.fill(named.length + 1, 1);
  for (const [index, code] of named.entries()) groupOf[code] = index + 1;
  const texts = ['', ...named.map((code) => dictionary.text(code)), ...(hasRest ? ['all others'] : [])];
  const codes = Uint8Array.from(column.codes, (code) => groupOf[code] ?? 0);
  const colours = coloursOf(texts);
  const order = [...texts.keys()].slice(1);
  return {
    column: column.name,
    codes,
    size: texts.length,
    text: (code) => texts[code] ?? '',
    order: (counts[0] ?? 0) > 0 ? [...order, 0] : order,
    colour: (code) => colours[code] ?? 0,
    single: (code) => code > 0 && code <= named.length,
  };
}

function single(rows: number): Groups {
  return {
    column: undefined,
    codes: new Uint8Array(rows),
    size: 1,
    text: () => 'crashes',
    order: [0],
    colour: () => 1,
    single: () => false,
  };
}

function coloursOf(texts: readonly string[]): number[] {
  const taken = new Set(texts.map((text) => COLOUR_OF.get(text)));
  const free = Array.from({ length: COLOURS }, (_, index) => index + 1).filter((colour) => !taken.has(colour));
  return texts.map((text, code) => (code === 0 ? 0 : (COLOUR_OF.get(text) ?? free.shift() ?? 0)));
}
