import { readFileSync } from 'node:fs';
import { type ByteSource, bytesSource } from '../engine/base/byteSource.js';
import { compressionOf, decompressAll } from '../io/decompress.js';
import { type FileSource, NotAFileError, openFileSource } from '../io/fileSource.js';
import { OpenError } from './coreSession.js';

/** A file opened for the engine: plain, or decompressed. */
export interface OpenedFile {
  readonly source: ByteSource;
  /** Bytes of the file on disk. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly bytesRead: () => number;
  close(): void;
}

/** More is decompressed into memory by no caller. */
const LARGEST_IN_MEMORY = 2 ** 30;

/**
 * @throws OpenError with one sentence naming file and cause
 */
export function openFile(path: string): OpenedFile {
  const file = openPlain(path);
  const compression = compressionOf(file.read(0n, 16).bytes);
  if (compression === undefined) {
    return {
      source: file,
      size: Number(file.size),
      modified: file.modified,
      bytesRead: () => file.bytesRead,
      close: () => {
        file.close();
      },
    };
  }
  file.close();
  if (file.size > BigInt(LARGEST_IN_MEMORY)) {
    throw new OpenError(
      'unreadable',
      `${path}: a ${compression} file of ${file.size} bytes is too large to decompress in memory; decompress it first`,
    );
  }
  try {
    const bytes = decompressAll(compression, readFileSync(path));
    const size = Number(file.size);
    return { source: bytesSource(bytes), size, modified: file.modified, bytesRead: () => size, close: () => undefined };
  } catch (error) {
    throw new OpenError('unreadable', `${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function openPlain(path: string): FileSource {
  try {
    return openFileSource(path);
  } catch (error) {
    if (error instanceof NotAFileError) throw new OpenError('directory', `${path}: ${error.message}, not a core`);
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new OpenError('not-found', `${path}: there is no such file`);
    if (code === 'EACCES' || code === 'EPERM')
      throw new OpenError('no-permission', `${path}: no permission to read it (cores are often readable by root only)`);
    throw new OpenError('unreadable', `${path}: it cannot be read (${code ?? String(error)})`);
  }
}
