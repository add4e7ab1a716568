import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createIcedDisassembler } from '../../src/io/icedDisassembler.js';
import { type OpenedCoreFile, OpenedCores } from '../../src/session/openedCores.js';
import { Triage } from '../../src/session/triage.js';
import type { CoreRow } from '../../src/shared/report.js';
import { exclusively } from '../cli/exclusively.js';
import { fixtureNames, unpackFixtures } from '../fixtures/unpack.mjs';

const ROOT = resolve(import.meta.dirname, '../..');

/** Where the sample cores are unpacked to. */
export const UNPACKED = join(ROOT, '.cache/fixtures');
export const SYSROOT = join(UNPACKED, 'sysroot');

/** A folder that holds nothing. */
const NO_BINARIES = join(UNPACKED, 'nothing');

/** What `fixture.json` says of a sample core, as far as it is checked here. */
export interface Fixture {
  readonly name: string;
  readonly program: string;
  readonly label: string;
  readonly kind: string;
  readonly shift?: number;
  readonly signal: { readonly number: number; readonly name: string };
  readonly crashedTid: number;
  readonly threads: number;
  readonly truth: {
    readonly frames?: readonly string[]; readonly lostFrames?: readonly string[];
    readonly landingPad?: string;
    readonly exception?: { readonly type: string; readonly what?: string };
  };
  readonly tags?: readonly string[];
}

export interface SampleCore {
  readonly name: string;
  readonly core: string;
  readonly fixture: Fixture;
}

export const NAMES: readonly string[] = fixtureNames();

/** The sample cores, unpacked, by name. */
export function sampleCores(): ReadonlyMap<string, SampleCore> {
  const cores = exclusively('fixtures', () => unpackFixtures(UNPACKED)) as readonly SampleCore[];
  return new Map(cores.map((core) => [core.name, core]));
}

/** What a tool answered of a sample core when it was made; `undefined` when it was not asked. */
export function oracle(name: string, file: string): string | undefined {
  const path = join(ROOT, 'test/fixtures/cores', name, 'oracles', file);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Opens sample cores with the binaries they ran with, and nothing of this machine. */
export class SampleReader {
  readonly #samples = sampleCores();
  readonly #options = { sysroot: SYSROOT };
  readonly #cores = new OpenedCores(createIcedDisassembler());
  readonly #triage = new Triage(this.#options);
  readonly #without = new Triage({ sysroot: NO_BINARIES });

  sample(name: string): SampleCore {
    const sample = this.#samples.get(name);
    if (sample === undefined) throw new Error(`no sample core is called ${name}`);
    return sample;
  }

  row(name: string): CoreRow {
    return this.#triage.row(this.sample(name).core);
  }

  /** As where the programs and their libraries are not at hand. */
  rowWithoutBinaries(name: string): CoreRow {
    return this.#without.row(this.sample(name).core);
  }

  /** Runs `task` on the opened core and closes it. */
  open<T>(name: string, task: (core: OpenedCoreFile) => T): T {
    const key = this.#cores.open(this.sample(name).core, this.#options);
    try {
      return task(this.#cores.get(key));
    } finally {
      this.#cores.close(key);
    }
  }

  dispose(): void {
    this.#triage.dispose();
    this.#without.dispose();
    this.#cores.dispose();
  }
}
