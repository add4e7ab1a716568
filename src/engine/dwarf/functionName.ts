import { FormatError } from '../base/byteCursor.js';
import { Attribute } from './dwarfCodes.js';
import type { Unit } from './unit.js';
import type { DieReference, UnitPool } from './unitPool.js';

/** `name` as in the source; `linkageName` as the linker sees it, mangled. Absent when DWARF does not tell. */
export interface FunctionName {
  readonly name?: string;
  readonly linkageName?: string;
}

/** From an inlined call to the function it stands for, from there to its declaration, there perhaps to another file. */
const MOST_HOPS = 16;

/**
 * The names of a function or inlined call, through DW_AT_abstract_origin (DWARF 5 §3.3.8) and DW_AT_specification (§2.13.2). Never
 * throws: what was found before something could not be read is the answer, except that `not-fetched` passes.
 */
export function functionName(pool: UnitPool, unit: Unit, offset: number): FunctionName {
  const found: { name?: string; linkageName?: string } = {};
  let at: DieReference | undefined = { unit, offset };
  try {
    for (let hops = 0; at !== undefined && hops < MOST_HOPS; hops++) {
      const here: Unit = at.unit;
      const { attributes } = here.die(at.offset);
      const name = here.text(attributes.get(Attribute.name));
      const linkageName = here.text(attributes.get(Attribute.linkageName) ?? attributes.get(Attribute.mipsLinkageName));
      if (name !== undefined) found.name ??= name;
      if (linkageName !== undefined) found.linkageName ??= linkageName;
      if (found.name !== undefined && found.linkageName !== undefined) break;
      at = pool.follow(here, attributes.get(Attribute.abstractOrigin) ?? attributes.get(Attribute.specification));
    }
  } catch (problem) {
    if (!(problem instanceof FormatError) || problem.code === 'not-fetched') throw problem;
  }
  return found;
}
