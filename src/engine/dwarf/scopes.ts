import { FormatError } from '../base/byteCursor.js';
import { skipDie } from './die.js';
import { Attribute, Tag } from './dwarfCodes.js';
import { findName } from './functionName.js';
import { uleb } from './leb.js';
import { LruCache } from './lruCache.js';
import type { Unit } from './unit.js';
import type { DieReference, UnitPool } from './unitPool.js';

const SCOPE_TAGS: ReadonlySet<number> = new Set<number>([
  Tag.namespace,
  Tag.structureType,
  Tag.classType,
  Tag.unionType,
  Tag.interfaceType,
  Tag.enumerationType,
  Tag.subprogram,
]);

/** Deeper is no program's nesting. */
const DEEPEST = 64;

/** More than any unit has. */
const MOST_SCOPES = 1 << 20;

/** Longer is no name to show. */
const LONGEST = 1 << 16;

/** Names of what encloses a DIE: namespaces, types, functions. DWARF has no way up, so a unit is walked once to find out. */
export class Scopes {
  readonly #units = new LruCache<string, UnitScopes>(16 << 20);

  constructor(private readonly pool: UnitPool) {}

  /**
   * The enclosing scopes of a DIE, outermost first, joined with `::`; an empty text when there are none.
   * @throws FormatError
   */
  of(die: DieReference): string {
    const names: string[] = [];
    let length = 0;
    let at: DieReference | undefined = this.#parent(die);
    for (let depth = 0; at !== undefined && depth < DEEPEST && length < LONGEST; depth++) {
      const own = at.unit.die(at.offset);
      // A function or type completed elsewhere has its name, and its own scope, where it was declared.
      const found = findName(this.pool, at);
      const name = found?.name ?? (own.tag === Tag.namespace ? '(anonymous namespace)' : '(anonymous)');
      names.push(name);
      length += name.length;
      at = this.#parent(found ?? at);
    }
    return names.reverse().join('::');
  }

  #parent(die: DieReference): DieReference | undefined {
    const { unit } = die;
    const key = `${unit.file.id}/${unit.header.offset}`;
    let scopes = this.#units.get(key);
    if (scopes === undefined) {
      scopes = UnitScopes.read(unit);
      this.#units.set(key, scopes, scopes.bytes);
    }
    const offset = scopes.around(die.offset);
    return offset === undefined ? undefined : { unit, offset };
  }
}

/** Where the scopes of one unit begin and end, as offsets in `.debug_info`, in ascending order of start. */
class UnitScopes {
  private constructor(
    private readonly starts: Float64Array,
    private readonly ends: Float64Array,
    private readonly parents: Int32Array,
  ) {}

  get bytes(): number {
    return 256 + this.starts.length * 20;
  }

  static read(unit: Unit): UnitScopes {
    const starts: number[] = [];
    const ends: number[] = [];
    const parents: number[] = [];
    /** For each open level: the scope it belongs to, and whether it ends with it. */
    const levels: { scope: number; own: boolean }[] = [];
    const base = unit.header.offset;
    const { abbreviations } = unit;
    const wasHeld = unit.heldBytes > 0;
    const cursor = unit.load().seek(unit.header.firstDie - base);
    try {
      while (cursor.remaining > 0 && starts.length < MOST_SCOPES) {
        const at = base + cursor.position;
        const code = uleb(cursor);
        if (code === 0) {
          const level = levels.pop();
          if (level?.own === true) ends[level.scope] = base + cursor.position;
          continue;
        }
        const abbreviation = abbreviations.get(code);
        skipDie(cursor, abbreviation, unit.header);
        if (!abbreviation.hasChildren) continue;
        if (levels.length >= 4096) throw new FormatError('too-deep', 'entries nested too deeply', BigInt(at));
        const outer = levels[levels.length - 1]?.scope ?? -1;
        const own = SCOPE_TAGS.has(abbreviation.tag);
        if (own) {
          starts.push(at);
          ends.push(unit.header.end);
          parents.push(outer);
        }
        levels.push({ scope: own ? starts.length - 1 : outer, own });
      }
    } catch (problem) {
      if (!(problem instanceof FormatError) || problem.code === 'not-fetched') throw problem;
    }
    if (!wasHeld) unit.unload();
    return new UnitScopes(Float64Array.from(starts), Float64Array.from(ends), Int32Array.from(parents));
  }

  /** The innermost scope that encloses, and is not, the DIE at an offset. */
  around(offset: number): number | undefined {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.starts[middle] ?? Infinity) < offset) low = middle + 1;
      else high = middle;
    }
    let scope = low - 1;
    while (scope >= 0 && (this.ends[scope] ?? 0) <= offset) scope = this.parents[scope] ?? -1;
    return this.starts[scope];
  }
}

/** Languages without scopes that could matter: C of all years, assembly. */
const FLAT_LANGUAGES: ReadonlySet<number> = new Set([0x01, 0x02, 0x0c, 0x1d, 0x2c, 0x31, 0x3e, 0x8001]);

/** Whether functions of the unit can be enclosed by anything. */
export function hasScopes(unit: Unit): boolean {
  const language = unit.count(unit.root.attributes.get(Attribute.language));
  return language === undefined || !FLAT_LANGUAGES.has(language);
}
