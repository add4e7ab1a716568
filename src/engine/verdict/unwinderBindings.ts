import { runtimeAddress } from '../base/addresses.js';
import type { LoadModule } from '../modules/loadModule.js';
import { importSlots } from '../modules/pltEntries.js';
import { findRestoreHoles, type RestoreHole } from './restoreHoles.js';
import { type RuleContext, wordAt } from './ruleContext.js';

/** Which library's definition of an unwinder's function a module calls. */
export interface UnwinderBinding {
  /** The module that imports it. */
  readonly importer: LoadModule;
  readonly symbol: string;
  /** Where the slot of the global offset table points. */
  readonly target: bigint;
  /** The module that holds the target; `undefined` while the symbol is not bound: then the slot leads to the importer's own stub. */
  readonly library: LoadModule | undefined;
}

/** The entries of the unwinder that transfer control (Itanium C++ ABI: Exception Handling, §1.3). */
const TRANSFERS: ReadonlySet<string> = new Set([
  '_Unwind_RaiseException',
  '_Unwind_Resume',
  '_Unwind_Resume_or_Rethrow',
  '_Unwind_ForcedUnwind',
]);
const MOST_BINDINGS = 64;

/** Every import of an unwinder's function, as the dynamic linker bound it, read from the global offset tables in the core. */
export function unwinderBindings(rule: RuleContext): readonly UnwinderBinding[] {
  const bindings: UnwinderBinding[] = [];
  for (const importer of rule.unwind.modules.modules) {
    const { image, bias } = importer;
    if (image === undefined || bias === undefined) continue;
    for (const [slot, symbol] of importSlots(image)) {
      if (!TRANSFERS.has(symbol) || bindings.length >= MOST_BINDINGS) continue;
      const target = wordAt(rule, slot + bias);
      if (target === undefined || target === 0n) continue;
      const library = rule.unwind.modules.find(runtimeAddress(target));
      const bound = library !== importer || image.symbols.findByName(symbol)?.value === target - bias;
      bindings.push({ importer, symbol, target, library: bound ? library : undefined });
    }
  }
  return bindings;
}

/** The first hole in the library that a binding leads to; `undefined` when it has none, or its code is not at hand. */
export function holeOf(rule: RuleContext, library: LoadModule | undefined): RestoreHole | undefined {
  if (library?.image === undefined || rule.disassembler === undefined) return undefined;
  return findRestoreHoles(library.image, rule.disassembler)[0];
}
