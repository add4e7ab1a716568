import { basename, dirname, join, normalize } from 'node:path';
import type { BinaryProvider, BinaryRequest, DebugFileRequest } from '../engine/modules/binaryProvider.js';
import type { ModuleImage } from '../engine/modules/moduleImage.js';
import type { OpenOptions } from './coreSession.js';
import type { ImageCache } from './imageCache.js';

/** Where distributions install debug files. */
const SYSTEM_DEBUG = '/usr/lib/debug';

/**
 * Finds binaries and debug files on local disk, by build id first, then by path: the named executable, the sysroot, the debug folders,
 * the original path. One provider serves any number of cores: it remembers where to look.
 */
export function localBinaries(options: OpenOptions, images: ImageCache): BinaryProvider {
  const binaries = new Map<string, readonly string[]>();
  const debugFiles = new WeakMap<ModuleImage, readonly string[]>();
  return {
    binaries(request) {
      const key = `${request.isExecutable ? 'x' : ''}${request.buildId ?? ''}:${request.path}`;
      let paths = binaries.get(key);
      if (paths === undefined) {
        paths = [...new Set(binaryPaths(options, request))];
        if (binaries.size >= MOST_REMEMBERED) binaries.clear();
        binaries.set(key, paths);
      }
      return opened(paths, images);
    },
    debugFiles(request) {
      let paths = debugFiles.get(request.image);
      if (paths === undefined) {
        paths = [...new Set(debugPaths(options, request))];
        debugFiles.set(request.image, paths);
      }
      return opened(paths, images);
    },
  };
}

const MOST_REMEMBERED = 4096;

function* opened(paths: readonly string[], images: ImageCache): Iterable<ModuleImage> {
  for (const path of paths) {
    const image = images.open(path);
    if (image !== undefined) yield image;
  }
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
  if (buildId !== undefined && options.sysroot === undefined) yield* buildIdPaths(SYSTEM_DEBUG, buildId, '');
}

function* debugPaths(options: OpenOptions, request: DebugFileRequest): Iterable<string> {
  const { buildId, image } = request;
  const roots = [
    ...(options.debugDirs ?? []),
    options.sysroot === undefined ? SYSTEM_DEBUG : join(options.sysroot, SYSTEM_DEBUG),
  ];
  if (buildId !== undefined) {
    for (const root of roots) yield* buildIdPaths(root, buildId, '.debug');
  }
  const link = debugLink(image);
  if (link === undefined) return;
  const folder = dirname(image.path);
  yield join(folder, link);
  yield join(folder, '.debug', link);
  for (const root of roots) {
    yield join(root, folder, link);
    yield join(root, link);
  }
}

function* buildIdPaths(root: string, buildId: string, suffix: string): Iterable<string> {
  const tail = join(buildId.slice(0, 2), `${buildId.slice(2)}${suffix}`);
  yield join(root, '.build-id', tail);
  yield join(root, tail);
}

/** File name in .gnu_debuglink; `undefined` when there is none. A name with a folder in it is not believed. */
function debugLink(image: ModuleImage): string | undefined {
  const bytes = image.section('.gnu_debuglink')?.bytes;
  const end = bytes?.indexOf(0) ?? -1;
  if (bytes === undefined || end <= 0) return undefined;
  const name = Buffer.from(bytes.subarray(0, end)).toString('utf8');
  return name.includes('/') ? undefined : name;
}
