import { ByteCursor, FormatError } from '../base/byteCursor.js';
import { Attribute, Form } from './dwarfCodes.js';
import type { SectionReader } from './debugSections.js';
import { formSize, type UnitShape } from './forms.js';
import { uleb } from './leb.js';

/** How the DIEs with one code are laid out (DWARF 5 §7.5.3). The four lists run in parallel. */
export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly number[];
  readonly forms: readonly number[];
  /** Of DW_FORM_implicit_const. */
  readonly implicit: readonly bigint[];
  /** Bytes of all attributes together; -1 when it differs from DIE to DIE. */
  readonly size: number;
  /** Has code: DW_AT_low_pc or DW_AT_ranges. */
  readonly hasCode: boolean;
  /** Position of DW_AT_sibling in the lists, or -1. */
  readonly sibling: number;
}

const MOST_ATTRIBUTES = 4096;
/** No single entry is larger. */
const LARGEST_WINDOW = 1 << 18;

const MOST_ABBREVIATIONS = 1 << 15;

/**
 * One table of `.debug_abbrev`, read only as far as codes were asked for: units begin with the first, and to see which unit covers
 * an address nothing more is needed.
 */
export class AbbreviationTable {
  readonly #known: (Abbreviation | undefined)[] = [];
  /** Codes too large for a list, which no real producer uses. */
  readonly #far = new Map<number, Abbreviation>();
  /** In the section, of the cursor's first byte. */
  #position: number;
  #cursor: ByteCursor | undefined;
  #window = 1024;
  #count = 0;
  #complete = false;

  constructor(
    private readonly section: SectionReader,
    offset: number,
    private readonly shape: UnitShape,
    /** Called for each abbreviation read; may throw to stop. */
    private readonly grown: () => void,
  ) {
    this.#position = offset;
  }

  /** How many were read. */
  get count(): number {
    return this.#count;
  }

  /** An estimate of what the table occupies now or soon. */
  get bytes(): number {
    return (this.#count + 256) * 400;
  }

  /** @throws FormatError when the table has no such code */
  get(code: number): Abbreviation {
    const known = this.#known[code];
    if (known !== undefined) return known;
    const found = this.#far.get(code) ?? this.#readUntil(code);
    if (found === undefined) throw new FormatError('bad-abbreviation', `no abbreviation with code ${code}`);
    return found;
  }

  #readUntil(wanted: number): Abbreviation | undefined {
    while (!this.#complete) {
      this.#cursor ??= this.#read();
      const start = this.#cursor.position;
      try {
        const code = uleb(this.#cursor);
        if (code === 0 || this.#count >= MOST_ABBREVIATIONS) {
          this.#complete = true;
          break;
        }
        const abbreviation = readAbbreviation(this.#cursor, this.shape);
        this.#keep(code, abbreviation);
        if (code === wanted) return abbreviation;
      } catch (problem) {
        if (!(problem instanceof FormatError) || problem.code !== 'out-of-bounds') throw problem;
        // The window ended within an entry: go on from its start with a larger one, unless the section ends there.
        if (this.#cursor.bytes.length < this.#window) throw problem;
        this.#position += start;
        this.#window = Math.min(this.#window * 4, LARGEST_WINDOW);
        if (start === 0 && this.#cursor.bytes.length >= LARGEST_WINDOW) throw problem;
        this.#cursor = undefined;
      }
    }
    this.#cursor = undefined;
    return undefined;
  }

  #read(): ByteCursor {
    // A copy, because the cursor outlives the source's next read.
    const bytes = this.section.upTo(this.#position, this.#window).slice();
    return new ByteCursor(bytes, this.section.littleEndian, BigInt(this.#position));
  }

  #keep(code: number, abbreviation: Abbreviation): void {
    this.#count++;
    this.grown();
    if (code >= 1 << 16) this.#far.set(code, abbreviation);
    else {
      // Filled up to the code, so that the list stays a plain array.
      while (this.#known.length < code) this.#known.push(undefined);
      this.#known[code] ??= abbreviation;
    }
  }
}

function readAbbreviation(cursor: ByteCursor, shape: UnitShape): Abbreviation {
  const tag = uleb(cursor);
  const hasChildren = cursor.u8() !== 0;
  const attributes: number[] = [];
  const forms: number[] = [];
  const implicit: bigint[] = [];
  let size = 0;
  for (;;) {
    const attribute = uleb(cursor);
    const form = uleb(cursor);
    if (attribute === 0 && form === 0) break;
    if (attributes.length >= MOST_ATTRIBUTES) throw new FormatError('bad-abbreviation', 'too many attributes');
    attributes.push(attribute);
    forms.push(form);
    implicit.push(form === Form.implicitConst ? cursor.sleb() : 0n);
    const one = formSize(form, shape);
    size = one === undefined || size < 0 ? -1 : size + one;
  }
  const hasCode = attributes.includes(Attribute.lowPc) || attributes.includes(Attribute.ranges);
  return {
    tag,
    hasChildren,
    attributes,
    forms,
    implicit,
    size,
    hasCode,
    sibling: attributes.indexOf(Attribute.sibling),
  };
}
