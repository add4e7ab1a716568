import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { HuntedFailure } from './huntedFailure.js';

/** Why the results of a hunt cannot be kept: one sentence. */
export class HuntFolderError extends Error {}

/**
 * The folder in which a hunt keeps what it found: `failures.ndjson`, and a folder for each group with one for each failure. Only its
 * owner may look into it, since the environment of a command holds secrets.
 */
export class HuntFolder {
  readonly #groups = new Map<string, number>();
  #failures = 0;
  #runs = 0;

  /** @throws HuntFolderError */
  constructor(readonly path: string) {
    this.#guarded(() => {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      for (const { group } of this.#known()) this.#count(group);
      // What a hunt that was killed left unfinished.
      rmSync(join(path, RUNNING), { recursive: true, force: true });
    });
  }

  /** A folder for the output of a run, and, where wanted, an empty one to run in. */
  begin(scratch: boolean): { readonly output: string; readonly scratch: string | undefined } {
    const output = join(this.path, RUNNING, `${process.pid}-${++this.#runs}`);
    const place = scratch ? join(output, 'work') : undefined;
    this.#guarded(() => mkdirSync(place ?? output, { recursive: true, mode: 0o700 }));
    return { output, scratch: place };
  }

  drop(output: string): void {
    rmSync(output, { recursive: true, force: true });
  }

  /**
   * Keeps a failure.
   *
   * @param cores where they lie now, the one of the row first
   * @param most failures of a group whose files are kept
   * @throws HuntFolderError
   */
  keep(
    failure: Omit<HuntedFailure, 'number' | 'folder' | 'cores'>,
    output: string,
    cores: readonly string[],
    most: number,
  ): HuntedFailure {
    return this.#guarded(() => {
      const { group } = failure;
      const number = this.#failures + 1;
      const wanted = (this.#groups.get(group) ?? 0) < most;
      const folder = join(folderName(group), `failure-${String(number).padStart(4, '0')}`);
      const place = join(this.path, folder);
      const names = cores.map((core, i) => `core${i === 0 ? '' : `.${i + 1}`}${ending(core)}`);
      if (wanted) {
        mkdirSync(join(this.path, folderName(group)), { recursive: true, mode: 0o700 });
        cores.forEach((core, i) => {
          move(core, join(output, names[i] ?? ''));
        });
        renameSync(output, place);
      } else {
        for (const core of cores) removeOwn(core);
        this.drop(output);
      }
      const source = wanted && names[0] !== undefined ? join(place, names[0]) : undefined;
      const kept: HuntedFailure = {
        ...failure,
        number,
        ...(wanted ? { folder } : {}),
        cores: wanted ? names : [],
        ...(failure.row === undefined ? {} : { row: source === undefined ? failure.row : { ...failure.row, source } }),
      };
      if (wanted) {
        writeFileSync(join(place, 'failure.json'), `${JSON.stringify(kept, undefined, 2)}\n`);
        writeFileSync(join(place, 'environment'), environmentText(), { mode: 0o600 });
      }
      appendFileSync(join(this.path, 'failures.ndjson'), `${JSON.stringify(kept)}\n`, { mode: 0o600 });
      this.#count(group);
      return kept;
    });
  }

  /** Failures of each group so far, those of earlier hunts too. */
  get groups(): ReadonlyMap<string, number> {
    return this.#groups;
  }

  close(): void {
    rmSync(join(this.path, RUNNING), { recursive: true, force: true });
  }

  #known(): HuntedFailure[] {
    const file = join(this.path, 'failures.ndjson');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line) => {
        try {
          return line === '' ? [] : [JSON.parse(line) as HuntedFailure];
        } catch {
          // The last line of a hunt that was killed.
          return [];
        }
      });
  }

  #count(group: string): void {
    this.#failures++;
    this.#groups.set(group, (this.#groups.get(group) ?? 0) + 1);
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const why =
        code === 'ENOSPC' || code === 'EDQUOT'
          ? 'the disk is full; what was kept before is whole, so make room, or keep fewer with --keep'
          : code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
            ? 'no permission to write there'
            : error instanceof Error
              ? error.message
              : String(error);
      throw new HuntFolderError(`${this.path}: ${why}`);
    }
  }
}

const RUNNING = '.running';

/** Readable, of one path, and another one for every group. */
function folderName(group: string): string {
  const words = group.replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '');
  return `${words.slice(0, 80)}-${createHash('sha256').update(group).digest('hex').slice(0, 8)}`;
}

function ending(core: string): string {
  return /\.(zst|gz|xz|lz4)$/.exec(basename(core))?.[0] ?? '';
}

/** Renamed where that is possible; else copied with its holes, and removed if it is ours to remove. */
function move(from: string, to: string): void {
  try {
    renameSync(from, to);
    return;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EXDEV' && code !== 'EACCES' && code !== 'EPERM') throw error;
  }
  const { status } = spawnSync('cp', ['--sparse=always', '--preserve=timestamps', '--', from, to]);
  if (status !== 0) copyFileSync(from, to);
  removeOwn(from);
}

/** What a program of the system keeps stays where it is. */
function removeOwn(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') throw error;
  }
}

/** In the form of env(1). */
function environmentText(): string {
  return Object.entries(process.env)
    .map(([name, value]) => `${name}=${value ?? ''}\n`)
    .sort()
    .join('');
}
