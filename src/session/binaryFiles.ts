import { basename, dirname, join, normalize } from 'node:path';
import type { BinaryProvider, BinaryRequest, DebugFileRequest } from '../engine/modules/binaryProvider.js';
import type { ModuleImage } from '../engine/modules/moduleImage.js';
import type { OpenOptions } from './coreSession.js';
import { localCompanions } from './companionPaths.js';
import { buildIdPaths, debugRoots, SYSTEM_DEBUG } from './debugRoots.js';
import type { ArtifactKind } from '../io/debuginfod/debuginfodCache.js';
import type { DebuginfodFiles } from './debuginfod.js';
import { type ImageCache, type KeyedCompanions, RECHECK } from './imageCache.js';

/**
 * Finds binaries and debug files on local disk, by build id first, then by path: the named executable, the sysroot, the debug folders,
 * the original path; last, what debuginfod servers gave. One provider serves any number of cores: it remembers where to look.
 */
export function localBinaries(options: OpenOptions, images: ImageCache, servers?: DebuginfodFiles): BinaryProvider {
  const companions = localCompanions(options, images, servers);
  const binaries = new Map<string, Candidates>();
  const debugFiles = new WeakMap<ModuleImage, Candidates>();
  return {
    binaries(request) {
      const key = `${request.isExecutable ? 'x' : ''}${request.buildId ?? ''}:${request.path}`;
      let candidates = binaries.get(key);
      if (candidates === undefined) {
        candidates = { paths: [...new Set(binaryPaths(options, request))], noneUntil: 0 };
        if (binaries.size >= MOST_REMEMBERED) binaries.clear();
        binaries.set(key, candidates);
      }
      return opened(candidates, images, companions, () => fetched(request.buildId, 'executable'));
    },
    debugFiles(request) {
      const { image } = request;
      let candidates = image === undefined ? undefined : debugFiles.get(image);
      if (candidates === undefined) {
        candidates = { paths: [...new Set(debugPaths(options, request))], noneUntil: 0 };
        if (image !== undefined) debugFiles.set(image, candidates);
      }
      return opened(candidates, images, companions, () => fetched(request.buildId, 'debuginfo'));
    },
  };

  function fetched(buildId: string | undefined, kind: ArtifactKind): string | undefined {
    return buildId === undefined ? undefined : servers?.find(buildId, kind);
  }
}

const MOST_REMEMBERED = 4096;

/** Where one file may lie. */
interface Candidates {
  readonly paths: readonly string[];
  /** As `Date.now()`: none of them was there, and is not looked for again until then. Most binaries have no debug file in a dozen places. */
  noneUntil: number;
}

/** @param last asked when nothing before it was the right one */
function* opened(
  candidates: Candidates,
  images: ImageCache,
  companions: KeyedCompanions,
  last: () => string | undefined,
): Iterable<ModuleImage> {
  const now = Date.now();
  if (now >= candidates.noneUntil) {
    let found = false;
    for (const path of candidates.paths) {
      const image = images.open(path, companions);
      if (image === undefined) continue;
      found = true;
      yield image;
    }
    if (!found) candidates.noneUntil = now + RECHECK;
  }
  const path = last();
  const image = path === undefined ? undefined : images.open(path, companions);
  if (image !== undefined) yield image;
}

function* binaryPaths(options: OpenOptions, request: BinaryRequest): Iterable<string> {
  const { buildId } = request;
  // Of an absolute path no `..` is left, so that it cannot lead out of a root it is put under.
  const path = normalize(request.path);
  if (request.isExecutable && options.exe !== undefined) yield options.exe;
  const roots = options.debugDirs ?? [];
  if (buildId !== undefined) {
    for (const root of roots) yield* buildIdPaths(root, buildId, '');
  }
  if (options.sysroot !== undefined && path.startsWith('/')) yield join(options.sysroot, path);
  for (const root of roots) {
    if (path.startsWith('/')) yield join(root, path);
    yield join(root, basename(path));
  }
  // With a sysroot the core is from another machine: the files of this one would only mislead.
  if (options.sysroot === undefined && path.startsWith('/')) yield path;
  const installed = options.sysroot === undefined ? SYSTEM_DEBUG : join(options.sysroot, SYSTEM_DEBUG);
  if (buildId !== undefined) yield* buildIdPaths(installed, buildId, '');
}

/** By build id first; then the name in `.gnu_debuglink`, where gdb looks for it too (gdb manual, "Separate Debug Files"). */
function* debugPaths(options: OpenOptions, request: DebugFileRequest): Iterable<string> {
  const { buildId, image } = request;
  const roots = debugRoots(options);
  if (buildId !== undefined) {
    for (const root of roots) yield* buildIdPaths(root, buildId, '.debug');
  }
  const name = image?.debugLink?.name;
  if (image === undefined || name === undefined) return;
  const folder = dirname(image.path);
  yield join(folder, name);
  yield join(folder, '.debug', name);
  const { sysroot } = options;
  const inside = sysroot !== undefined && folder.startsWith(join(sysroot, '/')) ? folder.slice(sysroot.length) : folder;
  for (const root of roots) {
    yield join(root, inside, name);
    yield join(root, name);
  }
}
