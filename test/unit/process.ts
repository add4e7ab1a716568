import { RegisterSet } from '../../src/engine/arch/registerSet.js';
import { x86_64 } from '../../src/engine/arch/x86_64/x86_64.js';
import { bytesSource, type ByteSource } from '../../src/engine/base/byteSource.js';
import { type CoreImage, readCore } from '../../src/engine/core/coreImage.js';
import { type BinaryProvider, noBinaries } from '../../src/engine/modules/binaryProvider.js';
import { findModules } from '../../src/engine/modules/findModules.js';
import { ModuleImage } from '../../src/engine/modules/moduleImage.js';
import { ModuleMap } from '../../src/engine/modules/moduleMap.js';
import { ProcessMemory } from '../../src/engine/modules/processMemory.js';
import { codeRangesOf } from '../../src/engine/unwind/codeRanges.js';
import type { UnwindContext } from '../../src/engine/unwind/unwindContext.js';
import { type CoreShape, writeCore } from '../writers/elfCore.js';

/** A core written by hand and opened, with all that a walk needs. */
export interface HandProcess {
  readonly core: CoreImage;
  readonly modules: ModuleMap;
  readonly context: UnwindContext;
}

export function openProcess(shape: CoreShape, binaries: BinaryProvider = noBinaries): HandProcess {
  return openedFrom(bytesSource(writeCore(shape).bytes), binaries);
}

export function openedFrom(source: ByteSource, binaries: BinaryProvider = noBinaries): HandProcess {
  const core = readCore(source);
  if (core === undefined) throw new Error('no core');
  const modules = new ModuleMap(findModules(core, binaries));
  const memory = new ProcessMemory(core.memory, modules);
  const code = codeRangesOf(core.memory, modules);
  return { core, modules, context: { architecture: x86_64, memory, core: core.memory, modules, code } };
}

/** A provider over binaries by path; `debug` are their debug files. */
export function provider(
  files: Readonly<Record<string, Uint8Array>>,
  debug: Readonly<Record<string, Uint8Array>> = {},
): BinaryProvider {
  const open = (path: string, bytes: Uint8Array | undefined): ModuleImage[] => {
    const image = bytes === undefined ? undefined : ModuleImage.open(path, bytesSource(bytes));
    return image === undefined ? [] : [image];
  };
  return {
    binaries: ({ path }) => open(path, files[path]),
    debugFiles: ({ image }) => (image === undefined ? [] : open(`${image.path}.debug`, debug[image.path])),
  };
}

export function registers(values: Readonly<Record<string, bigint>>): RegisterSet {
  return new RegisterSet(Object.entries(values));
}
