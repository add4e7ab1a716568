import { runtimeAddress, type RuntimeAddress } from '../base/addresses.js';
import type { ElfSymbol } from '../elf/symbolTable.js';
import type { LoadModule } from '../modules/loadModule.js';
import type { Symbolizer } from './symbolizer.js';

/** A symbol of the process. */
export interface FoundSymbol {
  /** Readable. */
  readonly name: string;
  readonly address: RuntimeAddress;
  readonly kind: ElfSymbol['kind'];
}

/** More are not read through for one question: a second's work. */
const MOST_LOOKED_AT = 2_000_000;

/** The symbol that goes by exactly this name, mangled or readable with or without parameters; the program's own before others'. */
export function symbolNamed(symbolizer: Symbolizer, name: string): FoundSymbol | undefined {
  for (const module of symbolizer.modules.modules) {
    for (const image of imagesOf(module)) {
      const symbol = image.symbols.findByName(name);
      if (symbol !== undefined) return foundIn(symbolizer, module, symbol);
    }
  }
  return readable(symbolizer, name, 1, (text) => text === name || text.startsWith(`${name}(`))[0];
}

/** Symbols whose readable name starts with `prefix`, at most `count`, by name. */
export function symbolsStartingWith(symbolizer: Symbolizer, prefix: string, count: number): readonly FoundSymbol[] {
  return [...readable(symbolizer, prefix, count, (text) => text.startsWith(prefix))].sort((a, b) =>
    a.name < b.name ? -1 : a.name > b.name ? 1 : 0,
  );
}

function readable(
  symbolizer: Symbolizer,
  wanted: string,
  count: number,
  matches: (name: string) => boolean,
): readonly FoundSymbol[] {
  // Mangled names hold each identifier as it is: only names with the last one in them are worth demangling.
  const identifier = /[A-Za-z0-9_]*$/.exec(wanted.replace(/\(.*$/s, ''))?.[0] ?? '';
  const found = new Map<string, FoundSymbol>();
  let looked = 0;
  for (const module of symbolizer.modules.modules) {
    for (const image of imagesOf(module)) {
      for (const symbol of image.symbols.all()) {
        if (found.size >= count || ++looked > MOST_LOOKED_AT) return [...found.values()];
        if (!symbol.name.includes(identifier)) continue;
        const isMangled = /^_[ZR]/.test(symbol.name);
        if (!isMangled && !matches(symbol.name)) continue;
        const item = foundIn(symbolizer, module, symbol);
        if (item !== undefined && matches(item.name) && !found.has(item.name)) found.set(item.name, item);
      }
    }
  }
  return [...found.values()];
}

function imagesOf({ image, debugImage }: LoadModule) {
  return [image, debugImage].filter((each) => each !== undefined);
}

function foundIn(symbolizer: Symbolizer, module: LoadModule, symbol: ElfSymbol): FoundSymbol | undefined {
  if (module.bias === undefined) return undefined;
  return {
    name: symbolizer.readableName(symbol.name),
    address: runtimeAddress(symbol.value + module.bias),
    kind: symbol.kind,
  };
}
