import { runtimeAddress } from '../base/addresses.js';
import type { LoadModule } from '../modules/loadModule.js';
import { importSlots } from '../modules/pltEntries.js';
import { findRestoreHoles, findRestores, type RestoreHole } from './restoreHoles.js';
import { type RuleContext, wordAt } from './ruleContext.js';

/** Which library's definition of an unwinder's function a module calls. */
export interface UnwinderBinding {
  /** The module that imports it, or has one of its own. */
  readonly importer: LoadModule;
  /** Absent where a program has its own and no symbols. */
  readonly symbol?: string;
  /** Where the slot of the global offset table points; of a program's own unwinder the function, or the restore. */
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

/**
 * Every import of an unwinder's function, as the dynamic linker bound it, read from the global offset tables in the core; of a program that
 * was linked with its unwinder, that one.
 */
export function unwinderBindings(rule: RuleContext): readonly UnwinderBinding[] {
  const bindings: UnwinderBinding[] = [];
  const own = ownUnwinder(rule);
  if (own !== undefined) bindings.push(own);
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
export function holeOf(rule: RuleContext, { importer, library }: UnwinderBinding): RestoreHole | undefined {
  if (library?.image === undefined || rule.disassembler === undefined) return undefined;
  return library === importer ? ownHole(rule, library) : findRestoreHoles(library.image, rule.disassembler)[0];
}

/** A program's own unwinder: by a function that it neither imports nor lends to others, or, where nothing was linked later, by its restore. */
function ownUnwinder(rule: RuleContext): UnwinderBinding | undefined {
  const { modules } = rule.unwind.modules;
  const [program] = modules;
  const { image, bias } = program ?? {};
  if (program === undefined || image === undefined || bias === undefined) return undefined;
  const imported = new Set(importSlots(image).values());
  for (const symbol of TRANSFERS) {
    const defined = imported.has(symbol) ? undefined : image.symbols.findByName(symbol);
    if (defined?.kind === 'function')
      return { importer: program, symbol, target: runtimeAddress(defined.value + bias), library: program };
  }
  if (rule.disassembler === undefined || modules.some(({ path }) => DYNAMIC_LINKER.test(path))) return undefined;
  const restore = soundRestore(rule, program) ?? ownHole(rule, program);
  return restore === undefined
    ? undefined
    : { importer: program, target: runtimeAddress(restore.address + bias), library: program };
}

const DYNAMIC_LINKER = /(^|\/)ld(-linux[^/]*|-musl[^/]*)?[.-][^/]*so/;

/**
 * Among a program's other code, setcontext perhaps, the restore of an unwinder of its own: GNU libunwind's pushes its target. One that was
 * built with GCC's has none with a hole.
 */
function ownHole(rule: RuleContext, program: LoadModule): RestoreHole | undefined {
  if (program.image === undefined || rule.disassembler === undefined) return undefined;
  if (soundRestore(rule, program) !== undefined) return undefined;
  return findRestoreHoles(program.image, rule.disassembler).find(({ instructions }) =>
    instructions.some(({ mnemonic }) => mnemonic === 'push'),
  );
}

/** How functions of GCC's unwinder end: `__builtin_eh_return` (gcc/config/i386/i386.md, eh_return_internal) takes the stack from %rcx. */
function soundRestore(rule: RuleContext, program: LoadModule): RestoreHole | undefined {
  if (program.image === undefined || rule.disassembler === undefined) return undefined;
  return findRestores(program.image, rule.disassembler).find(
    ({ instructions, lateReads }) =>
      lateReads.length === 0 &&
      /%rcx,\s*%rsp$/.test(instructions[0]?.text ?? '') &&
      instructions.at(-1)?.throughRegister === 'rcx',
  );
}
