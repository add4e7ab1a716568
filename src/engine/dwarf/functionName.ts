import { FormatError } from '../base/byteCursor.js';
import { Attribute } from './dwarfCodes.js';
import type { DieReference, UnitPool } from './unitPool.js';

/** What DWARF calls a function, and the DIE that has `name`. */
export interface FoundName extends DieReference {
  /** As in the source. */
  readonly name: string;
}

/** From an inlined call to the function it stands for, from there to its declaration, there perhaps to another file. */
const MOST_HOPS = 16;

/** The DIE itself and what it completes or is an instance of, through DW_AT_abstract_origin (DWARF 5 §3.3.8) and
 * DW_AT_specification (§2.13.2). @throws FormatError */
function* origins(pool: UnitPool, start: DieReference) {
  let at: DieReference | undefined = start;
  for (let hops = 0; at !== undefined && hops < MOST_HOPS; hops++) {
    const here: DieReference = at;
    const { attributes } = here.unit.die(here.offset);
    yield { here, attributes };
    at = pool.follow(here.unit, attributes.get(Attribute.abstractOrigin) ?? attributes.get(Attribute.specification));
  }
}

/** The DW_AT_name of a DIE, its own or inherited; `undefined` when it has none or it cannot be read. Only `not-fetched` passes. */
export function findName(pool: UnitPool, die: DieReference): FoundName | undefined {
  return quietly(() => {
    for (const { here, attributes } of origins(pool, die)) {
      const name = here.unit.text(attributes.get(Attribute.name));
      if (name !== undefined) return { ...here, name };
    }
    return undefined;
  });
}

/** The mangled name of a function, its own or inherited; `undefined` as above. */
export function findLinkageName(pool: UnitPool, die: DieReference): string | undefined {
  return quietly(() => {
    for (const { here, attributes } of origins(pool, die)) {
      const value = attributes.get(Attribute.linkageName) ?? attributes.get(Attribute.mipsLinkageName);
      const name = here.unit.text(value);
      if (name !== undefined) return name;
    }
    return undefined;
  });
}

function quietly<T>(find: () => T | undefined): T | undefined {
  try {
    return find();
  } catch (problem) {
    if (problem instanceof FormatError && problem.code !== 'not-fetched') return undefined;
    throw problem;
  }
}
