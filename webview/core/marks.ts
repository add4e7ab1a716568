import type { SlotKind } from '../../src/shared/report.js';

/**
 * The mark of each kind of word: drawn beside the text, so that a kind never depends on colour alone. Shapes are strokes on a
 * 12 by 12 field; colours come from the class `kind-…`.
 */
export function makeMark(): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 12 12');
  svg.setAttribute('class', 'mark');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(document.createElementNS(SVG, 'path'));
  return svg;
}

/** Turns a mark into that of `kind`, or into nothing. */
export function setMark(mark: SVGSVGElement, kind: SlotKind | undefined): void {
  const path = mark.firstElementChild;
  const shape = kind === undefined ? '' : SHAPES[kind];
  if (path && path.getAttribute('d') !== shape) path.setAttribute('d', shape);
  mark.setAttribute('class', kind === undefined ? 'mark' : `mark kind-${kind}`);
}

/** What a mark means, for a tooltip and for those who cannot see it. */
export const KIND_WORDS: Readonly<Record<SlotKind, string>> = {
  returnAddress: 'return address',
  code: 'code pointer',
  savedFramePointer: 'saved frame pointer',
  stack: 'pointer into the stack',
  heap: 'pointer into the heap',
  data: 'pointer into data',
  mapped: 'pointer into a mapping',
  string: 'text',
  number: 'number',
  zero: 'zero',
  unknown: 'unknown',
  absent: 'not in the core',
};

const SVG = 'http://www.w3.org/2000/svg';

const SHAPES: Readonly<Record<SlotKind, string>> = {
  // An arrow that comes back.
  returnAddress: 'M10 3v2.5q0 2 -2 2H2.5M5 5L2.5 7.5L5 10',
  // Angle brackets.
  code: 'M4 3L1.5 6L4 9M8 3L10.5 6L8 9',
  // An arrow to the frame further out.
  savedFramePointer: 'M2.5 1.5h7M6 10.5V4M3.5 6.5L6 4L8.5 6.5',
  // Three layers.
  stack: 'M2 3h8M2 6h8M2 9h8',
  // A lump.
  heap: 'M6 1.5L10.5 6L6 10.5L1.5 6Z',
  // A box with a fill line.
  data: 'M2.5 2.5h7v7h-7ZM2.5 6h7',
  // An empty box.
  mapped: 'M2.5 2.5h7v7h-7Z',
  // Quotation marks.
  string: 'M3.5 2v3.5M5.5 2v3.5M8 2v3.5M10 2v3.5',
  // A number sign.
  number: 'M4.5 2L3.5 10M8.5 2L7.5 10M2 4.5h8.5M1.5 7.5h8.5',
  // A struck circle.
  zero: 'M6 2.2a3.8 3.8 0 1 0 0.01 0ZM9.5 2L2.5 10',
  // A dot.
  unknown: 'M5.5 6h1',
  // A cross.
  absent: 'M3 3l6 6M9 3l-6 6',
};
