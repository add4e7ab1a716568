import type { ElfSymbol } from '../elf/symbolTable.js';
import type { LoadModule } from '../modules/loadModule.js';

/**
 * The function at a link address: a symbol whose size covers it, else the stub of the procedure linkage table there, else the
 * nearest symbol without a size before it in the same section. The debug file's symbol table is the full one; the binary's may be
 * only the exported names.
 */
export function functionAt(module: LoadModule, link: bigint): ElfSymbol | undefined {
  const { image, debugImage } = module;
  const symbol = debugImage?.symbols.find(link, true) ?? image?.symbols.find(link, true);
  if (symbol !== undefined && symbol.size > 0) return symbol;
  const stub = image?.pltEntry(link);
  if (stub !== undefined) return stub;
  return symbol === undefined || (image ?? debugImage)?.inSameSection(symbol.value, link) === false
    ? undefined
    : symbol;
}
