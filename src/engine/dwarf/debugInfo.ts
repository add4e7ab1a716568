import { FormatError } from '../base/byteCursor.js';
import type { Diagnostics } from '../base/diagnostics.js';
import { type FunctionCode, CompileUnit } from './compileUnit.js';
import type { DebugSections } from './debugSections.js';
import { DwarfFile } from './dwarfFile.js';
import { findLinkageName, findName } from './functionName.js';
import { inlineChain } from './inlineTree.js';
import { LruCache } from './lruCache.js';
import { hasScopes, Scopes } from './scopes.js';
import { SplitFiles } from './splitUnit.js';
import { readTailCalls, type TailCalls } from './tailCalls.js';
import { Unit } from './unit.js';
import { readUnitHeader } from './unitHeader.js';
import { UnitIndex } from './unitIndex.js';
import { UnitPool } from './unitPool.js';

/** One source-level call at an address. Fields are absent where DWARF does not tell. */
export interface InlineFrame {
  /** As in the source, without scope or parameters. */
  readonly function?: string;
  /** Enclosing namespaces, types and functions joined with `::`. Only without `linkageName`, which says the same and more. */
  readonly scope?: string;
  /** As the linker sees it, mangled. */
  readonly linkageName?: string;
  /** As the compiler wrote it, directory joined. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Of the source file (DWARF 5). */
  readonly md5?: Uint8Array;
  /** The code is part of the frame that follows. */
  readonly inlined: boolean;
  /** Link address at which a concrete function begins. */
  readonly lowPc?: bigint;
}

export interface DebugInfoOptions {
  readonly diagnostics?: Diagnostics;
  /** How many bytes of decoded units to keep; 64 MiB by default. */
  readonly cacheBytes?: number;
}

/**
 * The debug information of one file. Nothing is read before the first question, and then only the index of units and the units that
 * are asked for; the last used are kept.
 */
export class DebugInfo {
  readonly #file: DwarfFile;
  readonly #pool: UnitPool;
  readonly #index: UnitIndex;
  readonly #split = new SplitFiles();
  readonly #units: LruCache<number, CompileUnit>;
  readonly #scopes: Scopes;
  readonly #names = new LruCache<string, FunctionName>(2 << 20);
  readonly #diagnostics: Diagnostics | undefined;

  constructor(sections: DebugSections, options: DebugInfoOptions = {}) {
    this.#file = new DwarfFile(sections);
    this.#pool = new UnitPool(this.#file);
    this.#scopes = new Scopes(this.#pool);
    this.#index = new UnitIndex(this.#file);
    this.#units = new LruCache(options.cacheBytes ?? 64 << 20);
    this.#diagnostics = options.diagnostics;
  }

  /**
   * What the source has at `pc`, a link address: of the instruction itself, or of a return address minus one. Innermost first; the
   * last frame is the concrete function. Where only the line is known (assembly), one frame without a function. `undefined`: no unit
   * covers the address, or its debug information cannot be read. Never throws.
   */
  locate(pc: bigint): readonly InlineFrame[] | undefined {
    if (pc < 0n || pc > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
    const address = Number(pc);
    this.#file.restoreBudget();
    let lineOnly: readonly InlineFrame[] | undefined;
    try {
      for (const offset of this.#index.find(address)) {
        const unit = this.#unit(offset);
        const frames = unit === undefined ? undefined : this.#framesIn(unit, offset, address);
        if (frames?.[0]?.function !== undefined || frames?.[0]?.linkageName !== undefined) return frames;
        lineOnly ??= frames;
      }
    } catch (problem) {
      this.#report(problem);
    }
    return lineOnly;
  }

  /**
   * The function at `pc` and the jumps by which it calls others at its end.
   *
   * @returns `undefined` when no function is known there, or its debug information cannot be read. Never throws.
   */
  tailCalls(pc: bigint): (TailCalls & { readonly entry: bigint }) | undefined {
    if (pc < 0n || pc > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
    this.#file.restoreBudget();
    try {
      for (const offset of this.#index.find(Number(pc))) {
        const unit = this.#unit(offset);
        const code = unit?.function(Number(pc));
        if (unit === undefined || code?.lowPc === undefined) continue;
        return { entry: BigInt(code.lowPc), ...readTailCalls(unit.unit, code.die) };
      }
    } catch (problem) {
      this.#report(problem);
    }
    return undefined;
  }

  #framesIn(unit: CompileUnit, offset: number, address: number): readonly InlineFrame[] | undefined {
    try {
      const code = unit.function(address);
      const frames = code === undefined ? lineFrame(unit, address) : this.#frames(unit, code, address);
      // Its parts are decoded by now.
      this.#units.set(offset, unit, unit.bytes);
      return frames;
    } catch (problem) {
      this.#report(problem);
      return undefined;
    }
  }

  #frames(unit: CompileUnit, code: FunctionCode, address: number): readonly InlineFrame[] {
    const frames: InlineFrame[] = [];
    const { lines } = unit;
    let { file, line, column } = lines?.find(address) ?? NOWHERE;
    for (const call of inlineChain(code.calls, address).reverse()) {
      const name = this.#name(unit.unit, call.die.offset);
      frames.push({ ...frame(unit, name, file, line, column), inlined: true });
      [file, line, column] = [call.callFile, call.callLine, call.callColumn];
    }
    const last = frame(unit, this.#name(unit.unit, code.die.offset), file, line, column);
    frames.push({ ...last, inlined: false, ...(code.lowPc === undefined ? {} : { lowPc: BigInt(code.lowPc) }) });
    return frames;
  }

  #name(unit: Unit, offset: number): FunctionName {
    const key = `${unit.file.id}/${offset}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const found = findName(this.#pool, { unit, offset });
    const linkageName = findLinkageName(this.#pool, { unit, offset });
    const scope = found !== undefined && linkageName === undefined && hasScopes(unit) ? this.#scopes.of(found) : '';
    const name = {
      ...(found === undefined ? {} : { function: found.name }),
      ...(scope === '' ? {} : { scope }),
      ...(linkageName === undefined ? {} : { linkageName }),
    };
    this.#names.set(key, name, 150 + 2 * ((found?.name.length ?? 0) + (linkageName?.length ?? 0) + scope.length));
    return name;
  }

  #unit(offset: number): CompileUnit | undefined {
    const known = this.#units.get(offset);
    if (known !== undefined) return known;
    try {
      // Its own, not the pool's: it will hold the whole unit, for as long as this cache wants it.
      const unit = new Unit(this.#file, readUnitHeader(this.#file.section('.debug_info'), offset));
      const made = new CompileUnit(this.#split.open(unit) ?? unit, unit);
      this.#units.set(offset, made, made.bytes);
      return made;
    } catch (problem) {
      this.#report(problem);
      return undefined;
    }
  }

  #report(problem: unknown): void {
    if (!(problem instanceof FormatError)) throw problem;
    this.#diagnostics?.report('bad-dwarf', problem.message, problem.offset);
  }
}

type FunctionName = Pick<InlineFrame, 'function' | 'scope' | 'linkageName'>;

const NOWHERE: { file?: number | undefined; line?: number | undefined; column?: number | undefined } = {};

function frame(
  unit: CompileUnit,
  name: FunctionName,
  file: number | undefined,
  line: number | undefined,
  column: number | undefined,
): Omit<InlineFrame, 'inlined'> {
  const path = file === undefined ? undefined : unit.lines?.path(file);
  const md5 = file === undefined ? undefined : unit.lines?.md5(file);
  return {
    ...name,
    ...(path === undefined ? {} : { file: path }),
    ...(line === undefined || line === 0 ? {} : { line }),
    ...(column === undefined || column === 0 ? {} : { column }),
    ...(md5 === undefined ? {} : { md5 }),
  };
}

function lineFrame(unit: CompileUnit, address: number): readonly InlineFrame[] | undefined {
  const found = unit.lines?.find(address);
  return found === undefined
    ? undefined
    : [{ ...frame(unit, {}, found.file, found.line, found.column), inlined: false }];
}
