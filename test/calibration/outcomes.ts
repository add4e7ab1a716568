import { readFileSync } from 'node:fs';
import { bytesSource } from '../../src/engine/base/byteSource.js';
import { Inspection, openInspection } from '../../src/engine/inspection/openInspection.js';
import type { BinaryProvider } from '../../src/engine/modules/binaryProvider.js';
import { createIcedDisassembler } from '../../src/io/icedDisassembler.js';
import { localBinaries } from '../../src/session/binaryFiles.js';
import { ImageCache } from '../../src/session/imageCache.js';
import { sampleCores, SYSROOT } from '../golden/fixtureCores.js';
import { type Mutation, mutationsOf } from './mutations.js';
import type { Outcome } from './statistics.js';

/** An outcome with what it was about. */
export interface JudgedCase extends Outcome {
  readonly name: string;
  readonly binaries: boolean;
  readonly mutated: boolean;
  readonly truth: string;
  readonly said: string;
}

/**
 * Judges every sample core, and cores made from those whose stack is whole, with the binaries and without.
 *
 * @param every of the mutated cores, only each so-manyth
 */
export function* judgedCases(every: number, seed: number): Iterable<JudgedCase> {
  const images = new ImageCache();
  const disassembler = createIcedDisassembler();
  const withBinaries = localBinaries({ sysroot: SYSROOT }, images);
  const without = localBinaries({ sysroot: '/nonexistent' }, images);
  const open = (core: Uint8Array, binaries: BinaryProvider): Inspection => {
    const opened = openInspection({ source: bytesSource(core), binaries, disassembler });
    if (!(opened instanceof Inspection)) throw new Error('a sample that is no core');
    return opened;
  };
  let count = 0;
  for (const [name, sample] of sampleCores()) {
    const bytes = new Uint8Array(readFileSync(sample.core));
    const { fixture } = sample;
    const judged = (mutation: Mutation, mutated: boolean, binaries: boolean): JudgedCase => {
      const found = open(mutation.core, binaries ? withBinaries : without).judgement;
      const truth = inWords(mutation.label, mutation.kind, mutation.shift);
      const said = inWords(found?.label, found?.kind, found?.shift);
      return {
        name: `${name}${mutated ? ` ${mutation.name}` : ''}`,
        program: fixture.program,
        binaries,
        mutated,
        truth,
        said,
        confidence: found?.confidence ?? 0,
        right: truth === said,
      };
    };
    const own: Mutation = { name, core: bytes, label: fixture.label, kind: fixture.kind, ...shiftOf(fixture.shift) };
    yield judged(own, false, true);
    yield judged(own, false, false);
    if (!WHOLE.has(fixture.kind)) continue;
    for (const mutation of mutationsOf(open(bytes, withBinaries), bytes, seed + count)) {
      if (count++ % every !== 0) continue;
      yield judged(mutation, true, true);
      yield judged(mutation, true, false);
    }
  }
  images.dispose();
}

function shiftOf(shift: number | undefined): { shift?: number } {
  return shift === undefined ? {} : { shift };
}

/** Kinds whose cores have a whole stack of functions that could have gone on. */
const WHOLE: ReadonlySet<string> = new Set([
  ...['null-dereference', 'wild-read', 'wild-write', 'divide-error', 'illegal-instruction', 'breakpoint'],
  ...['killed-from-outside', 'live-snapshot', 'bus-error', 'misaligned-access', 'privileged-instruction', 'seccomp'],
]);

function inWords(label: string | undefined, kind: string | undefined, shift: number | undefined): string {
  return `${label ?? 'no label'} ${kind ?? 'no kind'}${shift === undefined ? '' : ` ${shift}`}`;
}
