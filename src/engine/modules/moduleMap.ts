import type { RuntimeAddress } from '../base/addresses.js';
import { IntervalMap } from '../base/intervalMap.js';
import type { LoadModule, ModuleRange } from './loadModule.js';

/** Which module an address belongs to. */
export class ModuleMap {
  readonly #ranges = new IntervalMap<{ module: LoadModule; range: ModuleRange }>();

  constructor(readonly modules: readonly LoadModule[]) {
    for (const module of modules) {
      for (const range of module.ranges) this.#ranges.add(range.start, range.end, { module, range });
    }
  }

  find(address: RuntimeAddress | bigint): LoadModule | undefined {
    return this.#ranges.find(address)?.value.module;
  }

  /** The mapped part of a file that holds an address. */
  range(address: RuntimeAddress | bigint): { readonly module: LoadModule; readonly range: ModuleRange } | undefined {
    return this.#ranges.find(address)?.value;
  }
}

/** The module's link address for a runtime address; `undefined` when its bias is unknown. */
export function toLink(module: LoadModule, address: bigint): bigint | undefined {
  return module.bias === undefined ? undefined : BigInt.asUintN(64, address - module.bias);
}
