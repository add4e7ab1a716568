import { basename, posix } from 'node:path';
import { fileMd5, isFile } from '../io/sourceFiles.js';

/** Where a source file of the build machine was found on this one. */
export type SourceMatch =
  | {
      readonly kind: 'found';
      readonly path: string;
      readonly how: 'chosen' | 'sourceMap' | 'workspace' | 'original';
      /** Its text is not the one that was compiled; absent where the debug information does not say (before DWARF 5). */
      readonly changed?: boolean;
    }
  /** Several files of the workspace go equally well: somebody has to choose, and `choose` remembers. */
  | { readonly kind: 'ambiguous'; readonly candidates: readonly string[] }
  | { readonly kind: 'missing' };

/** What a resolver goes by. */
export interface SourceRules {
  /** Path prefixes of the build machine and what stands for them here. */
  readonly sourceMap?: readonly (readonly [from: string, to: string])[];
  /** Paths of the files of the workspace that have a name. */
  readonly workspace?: (name: string) => Promise<readonly string[]>;
  /** Which file was chosen for a path before. */
  readonly chosen?: (file: string) => string | undefined;
}

/**
 * Finds source files as debug information names them: what was chosen before, the source map, the longest end of the path that one
 * file of the workspace shares, and the original path, in this order. What it found it remembers.
 */
export class SourceResolver {
  readonly #known = new Map<string, Promise<SourceMatch>>();

  constructor(private readonly rules: SourceRules = {}) {}

  /** @param md5 of the text that was compiled, two lower-case digits a byte */
  resolve(file: string, md5?: string): Promise<SourceMatch> {
    const key = `${md5 ?? ''}:${file}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const looking = this.#resolve(file, md5);
    this.#known.set(key, looking);
    return looking;
  }

  /** Forgets what was found, as after a choice or when files came and went. */
  forget(): void {
    this.#known.clear();
  }

  async #resolve(file: string, md5: string | undefined): Promise<SourceMatch> {
    const found = async (path: string, how: (SourceMatch & { kind: 'found' })['how']): Promise<SourceMatch> => {
      const own = md5 === undefined ? undefined : await fileMd5(path);
      return { kind: 'found', path, how, ...(own === undefined ? {} : { changed: own !== md5 }) };
    };
    const chosen = this.rules.chosen?.(file);
    if (chosen !== undefined && (await isFile(chosen))) return found(chosen, 'chosen');
    for (const path of mappedPaths(file, this.rules.sourceMap ?? [])) {
      if (await isFile(path)) return found(path, 'sourceMap');
    }
    const candidates = await this.#inWorkspace(file, md5);
    const [first, ...others] = candidates;
    if (first !== undefined && others.length === 0) return found(first, 'workspace');
    // A relative path would be looked up in whatever folder this process was started in.
    if (file.startsWith('/') && (await isFile(file))) return found(file, 'original');
    return first === undefined ? { kind: 'missing' } : { kind: 'ambiguous', candidates };
  }

  /** The files of the workspace that go best: one, none, or several that nothing tells apart. */
  async #inWorkspace(file: string, md5: string | undefined): Promise<readonly string[]> {
    const all = (await this.rules.workspace?.(basename(file))) ?? [];
    const shared = all.map((path) => ({ path, parts: sharedTail(path, file) }));
    const most = shared.reduce((longest, { parts }) => Math.max(longest, parts), 0);
    const best = shared.filter(({ parts }) => parts === most && parts > 0).map(({ path }) => path);
    if (md5 === undefined || best.length === 0) return best;
    const same: string[] = [];
    for (const path of best.slice(0, MOST_COMPARED)) if ((await fileMd5(path)) === md5) same.push(path);
    if (same.length > 0) return same.slice(0, 1);
    // Another text under a name that many files have is another file, not a changed one.
    return most > 1 ? best : [];
  }
}

const MOST_COMPARED = 50;

function mappedPaths(file: string, sourceMap: NonNullable<SourceRules['sourceMap']>): readonly string[] {
  // Without `..`, so that what follows the prefix stays below the folder that stands for it.
  const plain = posix.normalize(file);
  return sourceMap
    .map(([from, to]) => [posix.normalize(from), to] as const)
    .filter(([from]) => startsWithFolder(plain, from))
    .sort(([a], [b]) => b.length - a.length)
    .map(([from, to]) => `${to.replace(/\/+$/, '')}/${plain.slice(from.length).replace(/^\/+/, '')}`);
}

function startsWithFolder(file: string, folder: string): boolean {
  return (
    folder !== '.' &&
    file.startsWith(folder) &&
    (folder.endsWith('/') || file.length === folder.length || file[folder.length] === '/')
  );
}

/** How many trailing parts two paths have in common. */
function sharedTail(a: string, b: string): number {
  const [partsA, partsB] = [a, posix.normalize(b)].map((path) =>
    path
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .reverse(),
  );
  const differing = partsA?.findIndex((part, index) => part !== partsB?.[index]) ?? 0;
  return differing < 0 ? (partsA?.length ?? 0) : differing;
}
