import type { ByteCursor } from '../base/byteCursor.js';
import type { Abbreviation } from './abbreviations.js';
import { type AttributeValue, readForm, skipForm, type UnitShape } from './forms.js';

/** A debugging information entry (DWARF 5 §2.1). */
export interface Die {
  /** In `.debug_info`. */
  readonly offset: number;
  /** Of what follows its attributes: its first child, if it has any. */
  readonly end: number;
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: ReadonlyMap<number, AttributeValue>;
}

/**
 * Reads the attributes of a DIE. @throws FormatError
 * @param cursor stands behind the abbreviation code
 * @param base offset in `.debug_info` of the cursor's first byte
 */
export function readDie(
  cursor: ByteCursor,
  abbreviation: Abbreviation,
  shape: UnitShape,
  offset: number,
  base: number,
): Die {
  const attributes = new Map<number, AttributeValue>();
  const { forms, implicit } = abbreviation;
  for (const [i, attribute] of abbreviation.attributes.entries()) {
    const value = readForm(cursor, forms[i] ?? 0, shape, implicit[i]);
    if (!attributes.has(attribute)) attributes.set(attribute, value);
  }
  const { tag, hasChildren } = abbreviation;
  return { offset, end: base + cursor.position, tag, hasChildren, attributes };
}

/** Moves behind the attributes of a DIE. @throws FormatError */
export function skipDie(cursor: ByteCursor, abbreviation: Abbreviation, shape: UnitShape): void {
  if (abbreviation.size >= 0) {
    cursor.skip(abbreviation.size);
    return;
  }
  const { forms } = abbreviation;
  for (let i = 0; i < forms.length; i++) skipForm(cursor, forms[i] ?? 0, shape);
}
