import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleCores } from '../golden/fixtureCores.js';
import { sampleStates } from '../writers/crashSamples.js';
import { type FleetCore, writeFleet } from '../writers/crashFleet.js';

/** A temporary folder with a fleet of cores below `cores`. */
export class FleetFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'redzone-dataset-'));
  readonly cores = join(this.path, 'cores');
  readonly fleet: readonly FleetCore[];

  constructor(count: number, seed = 1) {
    this.fleet = [...writeFleet(this.cores, sampleStates(sampleCores()), count, { seed })];
  }

  join(...names: string[]): string {
    return join(this.path, ...names);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
