import { statSync } from 'node:fs';
import { compressionOf } from '../../io/compression/formats.js';
import { CompressedSource } from '../../io/compression/compressedSource.js';
import { openFileSource } from '../../io/fileSource.js';
import { ArchiveError, type ArchiveMember } from '../../io/archive/archiveMember.js';
import { isTar, tarMembers } from '../../io/archive/tarArchive.js';
import { zipMembers } from '../../io/archive/zipArchive.js';
import { epochMilliseconds } from '../../population/table/instant.js';
import { OpenError } from '../coreSession.js';
import type { CoreEntry, CoreSource, Listed } from '../coreSource.js';
import { isElfCore } from '../elfCoreMagic.js';
import { jsonFacts } from '../join/sidecar.js';
import { isNamedLikeCore } from '../coreNames.js';
import { openedOver, type OpenedFile } from '../openedFile.js';

/** Compressed by the archive, and by whoever put it there. */
const LAYERS = 2;

/** Stands between the path of an archive and the name of a member. */
const SEPARATOR = '!';

/** Names under which archives go. */
export const ARCHIVE_NAME = /\.(zip|tar|tgz|tar\.(gz|zst|xz|lz4))$/i;

/** The cores in a zip or tar file. `source` of an entry is the path of the archive, an exclamation mark, the name of the member. */
export function archiveCores(
  path: string,
): Omit<CoreSource, 'list'> & { list(signal?: AbortSignal): Iterable<Listed> } {
  return {
    *list(signal) {
      try {
        yield* membersOf(path, signal);
      } catch (error) {
        yield { kind: 'unreadable', path, reason: error instanceof Error ? error.message : String(error) };
      }
    },
    open: openMember,
  };
}

/** Opens a member that was listed. */
export function openMember({ source }: CoreEntry): OpenedFile {
  const place = splitMember(source);
  if (place === undefined) throw new OpenError('not-found', `${source}: there is no such file`);
  const archive = openArchive(place.archive);
  try {
    for (const member of archive.members) {
      if (member.name !== place.member) continue;
      return openedOver(
        {
          source: member.source(),
          size: member.size,
          modified: member.modified ?? archive.modified,
          bytesRead: archive.bytesRead,
          close: archive.close,
        },
        LAYERS,
      );
    }
  } catch (error) {
    archive.close();
    if (error instanceof ArchiveError) throw new OpenError('unreadable', `${source}: ${error.message}`);
    throw error;
  }
  archive.close();
  throw new OpenError('not-found', `${source}: the archive has no such member`);
}

/** Archive and member of a listed path; `undefined` for the path of a plain file. */
export function splitMember(source: string): { readonly archive: string; readonly member: string } | undefined {
  for (let at = source.indexOf(SEPARATOR); at > 0; at = source.indexOf(SEPARATOR, at + 1)) {
    const archive = source.slice(0, at);
    if (ARCHIVE_NAME.test(archive) && statSync(archive, { throwIfNoEntry: false })?.isFile() === true)
      return { archive, member: source.slice(at + 1) };
  }
  return undefined;
}

const LARGEST_JSON = 1 << 20;

function* membersOf(path: string, signal: AbortSignal | undefined): Generator<Listed> {
  const archive = openArchive(path);
  try {
    const members = [...archive.members];
    const cores = members.filter((member) => isNamedLikeCore(member.name) || beginsLikeCore(member));
    // Beside one core, files of JSON speak of it: IBM's core-dump-handler packs what it knows of pod, image and dump.
    const facts = cores.length === 1 ? factsOf(members) : {};
    for (const member of cores) {
      if (signal?.aborted === true) return;
      const modified = member.modified ?? archive.modified;
      yield {
        kind: 'core',
        entry: {
          source: `${path}${SEPARATOR}${member.name}`,
          size: member.size,
          revision: String(modified),
          modified,
          ...originOf(facts),
          ...(Object.keys(facts).length === 0 ? {} : { facts }),
        },
      };
    }
    if (cores.length === 0) yield { kind: 'passedOver' };
  } finally {
    archive.close();
  }
}

/** Host and time as core-dump-handler names them. */
function originOf(facts: Readonly<Record<string, string>>): Pick<CoreEntry, 'origin'> {
  const host = facts['dump_info_node_hostname'] ?? facts['dump_info_hostname'];
  const time = epochMilliseconds(facts['dump_info_timestamp']);
  if (host === undefined && time === undefined) return {};
  return {
    origin: {
      ...(host === undefined ? {} : { host }),
      ...(time === undefined ? {} : { time: new Date(time).toISOString(), timeSource: 'object' as const }),
    },
  };
}

/** Values of the JSON members, after the member's name without what is random in front. */
function factsOf(members: readonly ArchiveMember[]): Readonly<Record<string, string>> {
  const facts: Record<string, string> = {};
  for (const member of members) {
    if (!/\.json$/i.test(member.name) || member.size > LARGEST_JSON) continue;
    const name = member.name
      .replace(/^.*\//, '')
      .replace(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-/i, '')
      .replace(/\.json$/i, '')
      .replace(/\W+/g, '_');
    for (const [key, value] of Object.entries(jsonFacts(textOf(member)) ?? {}))
      if (Object.keys(facts).length < MOST_FACTS) facts[`${name}_${key}`] = value;
  }
  return facts;
}

const MOST_FACTS = 100;

function textOf(member: ArchiveMember): string {
  return Buffer.from(beginningOf(member, LARGEST_JSON)).toString('utf8');
}

function beginsLikeCore(member: ArchiveMember): boolean {
  return isElfCore(beginningOf(member, 64));
}

/** The first bytes of a member, decompressed; none when it cannot be read. */
function beginningOf(member: ArchiveMember, length: number): Uint8Array {
  try {
    const stored = {
      source: member.source(),
      size: member.size,
      modified: 0,
      bytesRead: () => 0,
      close: () => undefined,
    };
    const opened = openedOver(stored, LAYERS);
    try {
      return opened.source.read(0n, length).bytes.slice();
    } finally {
      opened.close();
    }
  } catch {
    return new Uint8Array(0);
  }
}

interface Archive {
  readonly members: Iterable<ArchiveMember>;
  readonly modified: number;
  readonly bytesRead: () => number;
  readonly close: () => void;
}

/** @throws ArchiveError, and the error of node:fs */
function openArchive(path: string): Archive {
  const file = openFileSource(path);
  const common = { modified: file.modified, bytesRead: (): number => file.bytesRead };
  const start = file.read(0n, 512).bytes.slice();
  const compression = compressionOf(start);
  if (compression === undefined) {
    const close = (): void => {
      file.close();
    };
    try {
      return { ...common, members: isTar(start) ? tarMembers(file) : zipMembers(file), close };
    } catch (error) {
      close();
      throw error;
    }
  }
  const source = new CompressedSource(compression, file);
  return {
    ...common,
    members: tarMembers(source),
    close: () => {
      source.close();
      file.close();
    },
  };
}
