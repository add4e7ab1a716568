import { type RuntimeAddress, runtimeAddress } from '../base/addresses.js';
import { printable } from '../base/text.js';
import type { ElfSymbol } from '../elf/symbolTable.js';
import { functionAt } from './functionAt.js';
import { FactKey } from '../modules/imageFacts.js';
import type { LoadModule } from '../modules/loadModule.js';
import type { ModuleImage } from '../modules/moduleImage.js';
import { type ModuleMap, toLink } from '../modules/moduleMap.js';

/** What is known about one code address. */
export interface CodeLocation {
  readonly module: LoadModule | undefined;
  /** Demangled, safe to print. */
  readonly function?: string;
  /** As in the symbol table. */
  readonly linkageName?: string;
  /** Runtime address of the function's first instruction. */
  readonly functionStart?: RuntimeAddress;
  /** Address minus function start, or minus the module's start when the function is not known. */
  readonly offset?: bigint;
}

/** From a program counter to a name, through the symbol tables of the modules. */
export class Symbolizer {
  readonly #cache = new Map<bigint, CodeLocation>();
  readonly #names = new Map<string, string>();

  constructor(
    readonly modules: ModuleMap,
    private readonly demangle: (name: string) => string | undefined,
  ) {}

  /**
   * @param address the instruction itself, or a return address minus one: the caller decides, since at a call that never returns
   *   the return address already belongs to the next function
   */
  locate(address: RuntimeAddress): CodeLocation {
    const known = this.#cache.get(address);
    if (known !== undefined) return known;
    const location = this.#locate(address);
    if (this.#cache.size >= CACHE_ENTRIES) this.#cache.clear();
    this.#cache.set(address, location);
    return location;
  }

  /** The symbol, function or object, whose range holds an address, with its module. */
  symbolAt(
    address: RuntimeAddress,
  ):
    | { readonly module: LoadModule; readonly symbol: ElfSymbol; readonly name: string; readonly offset: bigint }
    | undefined {
    const module = this.modules.find(address);
    const link = module === undefined ? undefined : toLink(module, address);
    if (module === undefined || link === undefined) return undefined;
    const symbol = module.image?.symbols.find(link) ?? module.debugImage?.symbols.find(link);
    return symbol === undefined
      ? undefined
      : { module, symbol, name: this.readableName(symbol.name), offset: link - symbol.value };
  }

  /** The demangled, printable form of a symbol's name. */
  readableName(symbol: string): string {
    const known = this.#names.get(symbol);
    if (known !== undefined) return known;
    // A stub is named after what it calls. Debug files keep the version in the name: f@@GLIBC_2.34.
    const stub = symbol.endsWith('@plt') ? '@plt' : '';
    const plain = (stub === '' ? symbol : symbol.slice(0, -stub.length)).replace(/@@?[A-Za-z_][\w.+-]*$/, '');
    const text = escaped((this.demangle(plain) ?? plain) + stub);
    if (this.#names.size >= CACHE_ENTRIES) this.#names.clear();
    this.#names.set(symbol, text);
    return text;
  }

  #locate(address: RuntimeAddress): CodeLocation {
    const module = this.modules.find(address);
    if (module === undefined) return { module: undefined };
    const inModule = { module, offset: address - module.start };
    const link = toLink(module, address);
    if (link === undefined) return inModule;
    const { symbol, name } = this.#functionAt(module, link);
    if (symbol === undefined || name === undefined) return inModule;
    return {
      module,
      function: name,
      linkageName: symbol.name,
      functionStart: runtimeAddress(symbol.value + (module.bias ?? 0n)),
      offset: link - symbol.value,
    };
  }

  #functionAt(module: LoadModule, link: bigint): NamedFunction {
    const { image, debugImage } = module;
    const workOut = (): NamedFunction => {
      const symbol = functionAt(module, link);
      return { debugImage, symbol, name: symbol === undefined ? undefined : this.readableName(symbol.name) };
    };
    const known = (image ?? debugImage)?.facts.at(FUNCTION, link, workOut);
    // Another process may have found another debug file, or none.
    return known !== undefined && known.debugImage === debugImage ? known : workOut();
  }
}

interface NamedFunction {
  readonly debugImage: ModuleImage | undefined;
  readonly symbol: ElfSymbol | undefined;
  /** Demangled, safe to print. */
  readonly name: string | undefined;
}

const FUNCTION = new FactKey<NamedFunction>('function');

const CACHE_ENTRIES = 65_536;

/** Names come from files, and files may lie: no control characters, no endless lines. */
function escaped(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}…` : text;
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i) & 0xff;
  return printable(bytes, LONGEST_NAME);
}

const LONGEST_NAME = 4096;
