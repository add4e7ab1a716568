import { basename, dirname, join, normalize, resolve } from 'node:path';
import { realpathSync } from 'node:fs';
import type { OpenOptions } from './coreSession.js';
import type { DebuginfodFiles } from './debuginfod.js';
import { buildIdPaths, debugRoots } from './debugRoots.js';
import type { ImageCache, KeyedCompanions } from './imageCache.js';
import type { ImageFile } from '../engine/modules/imageTools.js';

/** Finds the files that debug information refers to, where `options` say and where distributions put them. */
export function localCompanions(options: OpenOptions, images: ImageCache, servers?: DebuginfodFiles): KeyedCompanions {
  const companions: KeyedCompanions = {
    key: JSON.stringify([options.sysroot, options.debugDirs, options.debuginfod, servers?.generation]),
    *alternates(image, link) {
      yield* opened(alternatePaths(options, image, link.path, link.id));
      const fetched = servers?.find(link.id, 'debuginfo', 'any');
      if (fetched !== undefined) yield* opened([fetched]);
    },
    *splits(image, name) {
      yield* opened(splitPaths(options, image, name));
    },
  };
  function* opened(paths: Iterable<string>): Iterable<ImageFile> {
    for (const path of new Set(paths)) {
      const found = images.open(path, companions);
      if (found !== undefined) yield found;
    }
  }
  return companions;
}

/** `.dwz` folders lie beside the debug files that share them; the path is relative to the real place of the file. */
function* alternatePaths(options: OpenOptions, image: ImageFile, path: string, id: string): Iterable<string> {
  const roots = debugRoots(options);
  for (const root of roots) yield* buildIdPaths(root, id, '.debug');
  if (path.startsWith('/')) {
    if (options.sysroot !== undefined) yield join(options.sysroot, normalize(path));
    else yield path;
  } else {
    yield resolve(dirname(realPath(image.path)), path);
    yield resolve(dirname(image.path), path);
  }
  for (const root of roots) {
    yield join(root, '.dwz', basename(path));
    yield join(root, basename(path));
  }
}

/** A package beside the binary has all units; else each lies where the compiler put it, or was collected in one folder. */
function* splitPaths(options: OpenOptions, image: ImageFile, name: string): Iterable<string> {
  const roots = options.debugDirs ?? [];
  const path = normalize(name);
  const file = basename(name);
  const own = realPath(image.path);
  const packages = new Set([`${image.path}.dwp`, `${image.path.replace(/\.debug$/, '')}.dwp`, `${own}.dwp`]);
  yield* packages;
  for (const root of roots) for (const candidate of packages) yield join(root, basename(candidate));
  if (path.startsWith('/')) {
    if (options.sysroot !== undefined) yield join(options.sysroot, path);
    else yield path;
    for (const root of roots) yield join(root, path);
  } else {
    // The compiler was told to forget where it ran: relative to the binary is the best guess.
    yield resolve(dirname(own), path);
  }
  yield join(dirname(own), file);
  for (const root of roots) yield join(root, file);
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
