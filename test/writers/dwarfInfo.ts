import { DwarfBytes } from './dwarfBytes.js';

/** Attribute code, form code, and how its value is written. */
export type HandAttribute = readonly [attribute: number, form: number, write: (out: DwarfBytes) => void];

/** A DIE to be written; `label` names it for `offsets`. */
export interface HandDie {
  readonly tag: number;
  readonly attributes?: readonly HandAttribute[];
  readonly children?: readonly HandDie[];
  readonly label?: string;
  /** Operand of DW_FORM_implicit_const, by attribute. */
  readonly implicit?: ReadonlyMap<number, number>;
}

export interface HandUnit {
  readonly version: number;
  readonly wide?: boolean;
  /** DWARF 5 unit type; 1 (compile) unless given. */
  readonly type?: number;
  /** Bytes of the head behind the usual fields: a dwo id, a type signature and offset. */
  readonly extra?: (out: DwarfBytes) => void;
  readonly root: HandDie;
}

/** `.debug_info` and `.debug_abbrev` being put together: every DIE gets an abbreviation of its own. */
export class InfoWriter {
  readonly info = new DwarfBytes();
  readonly abbreviations = new DwarfBytes();
  /** Offset in `.debug_info` of each labelled DIE. */
  readonly offsets = new Map<string, number>();
  /** Offset of each unit. */
  readonly units: number[] = [];

  unit(unit: HandUnit): this {
    const start = this.info.length;
    this.units.push(start);
    const table = this.abbreviations.length;
    const body = new DwarfBytes().u16(unit.version);
    const offset = (value: number) => (unit.wide === true ? body.u64(BigInt(value)) : body.u32(value));
    if (unit.version >= 5) {
      body.u8(unit.type ?? 1, 8);
      offset(table);
    } else {
      offset(table);
      body.u8(8);
    }
    unit.extra?.(body);
    let code = 0;
    const write = (die: HandDie): void => {
      const own = ++code;
      if (die.label !== undefined) this.offsets.set(die.label, start + (unit.wide === true ? 12 : 4) + body.length);
      this.abbreviations
        .uleb(own)
        .uleb(die.tag)
        .u8(die.children === undefined ? 0 : 1);
      body.uleb(own);
      for (const [attribute, form, value] of die.attributes ?? []) {
        this.abbreviations.uleb(attribute).uleb(form);
        const constant = die.implicit?.get(attribute);
        if (constant !== undefined) this.abbreviations.sleb(constant);
        value(body);
      }
      this.abbreviations.u8(0, 0);
      if (die.children === undefined) return;
      die.children.forEach(write);
      body.u8(0);
    };
    write(unit.root);
    this.abbreviations.u8(0);
    if (unit.wide === true) this.info.u32(-1).u64(BigInt(body.length));
    else this.info.u32(body.length);
    this.info.append(body);
    return this;
  }
}
