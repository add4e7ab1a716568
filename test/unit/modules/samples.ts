import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decompress } from 'fzstd';

const OWN = new URL('data/', import.meta.url);
/** The sample program in every dialect of DWARF: see the record.mjs there. */
const DWARF = new URL('../dwarf/data/', import.meta.url);

/** A sample as the toolchain made it: see data/record.mjs. */
export function sample(name: string): Uint8Array {
  return decompress(readFileSync(new URL(`${name}.zst`, OWN)));
}

export function dwarfSample(name: string): Uint8Array {
  return decompress(readFileSync(new URL(`${name}.zst`, DWARF)));
}

/** Names of the DWARF samples that begin so. */
export function dwarfSamples(start: string): string[] {
  return readdirSync(DWARF)
    .filter((name) => name.startsWith(start) && name.endsWith('.zst') && !name.includes('.json'))
    .map((name) => name.slice(0, -'.zst'.length));
}

export function answers(name: string, of: typeof sample): unknown {
  return JSON.parse(new TextDecoder().decode(of(name)));
}

/** A folder of this test alone, removed by `dispose`. */
export class TestFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'redzone-modules-'));

  write(name: string, bytes: Uint8Array): string {
    const path = join(this.path, name);
    writeFileSync(path, bytes);
    return path;
  }

  makeFolder(name: string): string {
    const path = join(this.path, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  dispose(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
