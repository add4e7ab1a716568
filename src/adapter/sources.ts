import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { LaunchArguments } from './launchArguments.js';

/** Finds the source files of a core on this machine: by the configured map first, then where the build had them. */
export class SourceFinder {
  private readonly found = new Map<string, Promise<string | undefined>>();

  constructor(private readonly sourceMap: LaunchArguments['sourceMap']) {}

  /** The path here of a file as the debug information names it; `undefined` when it is not here. */
  find(file: string): Promise<string | undefined> {
    const known = this.found.get(file);
    if (known) return known;
    const looking = firstThere(this.candidates(file));
    this.found.set(file, looking);
    return looking;
  }

  private candidates(file: string): readonly string[] {
    const mapped = this.sourceMap
      .filter(([from]) => startsWithFolder(file, from))
      .map(([from, to]) => joinPaths(to, file.slice(from.length)));
    return [...mapped, file];
  }
}

/** A source the client opens by itself. */
export function fileSource(path: string): DebugProtocol.Source {
  return { name: basename(path), path };
}

/** A source whose text the client asks for with `reference`. */
export function pageSource(title: string, reference: number): DebugProtocol.Source {
  // Clients take what follows a slash for the name.
  return { name: title.replaceAll('/', '\u2215'), sourceReference: reference };
}

function startsWithFolder(file: string, folder: string): boolean {
  return (
    file.startsWith(folder) && (folder.endsWith('/') || file.length === folder.length || file[folder.length] === '/')
  );
}

function joinPaths(folder: string, rest: string): string {
  return `${folder.replace(/\/+$/, '')}/${rest.replace(/^\/+/, '')}`;
}

async function firstThere(candidates: readonly string[]): Promise<string | undefined> {
  for (const path of candidates) {
    // A relative path would be looked up in whatever folder the adapter was started in.
    if (!path.startsWith('/')) continue;
    try {
      await access(path);
      return path;
    } catch {
      continue;
    }
  }
  return undefined;
}
