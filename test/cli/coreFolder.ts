import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sampleCores } from '../golden/fixtureCores.js';

/** A folder of files made for a test, removed after it. */
export class CoreFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'redzone-cli-'));
  readonly #samples = sampleCores();

  /** The path of a sample core as it lies among the samples. */
  sample(name: string): string {
    const sample = this.#samples.get(name);
    if (sample === undefined) throw new Error(`no sample core is called ${name}`);
    return sample.core;
  }

  /** Copies a sample core. */
  core(name: string, sample = 'abort'): string {
    const to = this.#place(name);
    copyFileSync(this.sample(sample), to);
    return to;
  }

  /** The first bytes of a sample core. */
  cut(name: string, length: number, sample = 'abort'): string {
    return this.file(name, readFileSync(this.sample(sample)).subarray(0, length));
  }

  gzip(name: string, sample = 'abort'): string {
    return this.file(name, gzipSync(readFileSync(this.sample(sample))));
  }

  file(name: string, contents: string | Uint8Array): string {
    const to = this.#place(name);
    writeFileSync(to, contents);
    return to;
  }

  folder(name: string): string {
    const to = join(this.path, name);
    mkdirSync(to, { recursive: true });
    return to;
  }

  link(name: string, target: string): string {
    symlinkSync(target, this.#place(name));
    return join(this.path, name);
  }

  pipe(name: string): string {
    execFileSync('mkfifo', [this.#place(name)]);
    return join(this.path, name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  #place(name: string): string {
    const to = join(this.path, name);
    mkdirSync(join(to, '..'), { recursive: true });
    return to;
  }
}
