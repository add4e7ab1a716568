import type { ByteSource } from '../engine/base/byteSource.js';
import type { CoreImage } from '../engine/core/coreImage.js';
import { CompressedSource, type DecodeLimits, type StreamProblem } from '../io/compression/compressedSource.js';
import { compressionOf } from '../io/compression/formats.js';
import { type FileSource, NotAFileError, openFileSource } from '../io/fileSource.js';
import { OpenError } from './coreSession.js';

/** A file opened for the engine: plain, or decompressed as far as it is read. */
export interface OpenedFile {
  readonly source: ByteSource;
  /** Bytes of the file on disk. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** Bytes of the file on disk that were read: compressed ones where it is compressed. */
  readonly bytesRead: () => number;
  /** Why a compressed file gives no more than it gave so far. */
  readonly problem: () => StreamProblem | undefined;
  /** From now on, what turns out to be wrong with a compressed file stands among the problems of the core in it. */
  follow(core: Pick<CoreImage, 'diagnostics' | 'expectedSize'>): void;
  /**
   * Of a source that can answer `notFetched`: fetches what reads asked for and did not get, and answers whether there was any, so
   * that the question must be asked again.
   */
  readonly fetchMissing?: (signal?: AbortSignal) => Promise<boolean>;
  /** Whether reads since the last fetch asked for what is not here and can still be fetched: then the last answer is not final. */
  readonly hasMissing?: () => boolean;
  /** Notes bytes of the source that will be wanted, so that the next fetch brings them too. */
  readonly want?: (offset: bigint, length: number) => void;
  /** Requests to a server so far. */
  readonly requests?: () => number;
  /** What `modified` is the time of, where that is not a file. */
  readonly timeSource?: 'object';
  close(): void;
}

/** So much of a compressed file is read to its end at once, to see whether the end is sound; of larger ones only what is asked for. */
const SHORT_REST = 4 * 2 ** 20;
const SHORT_REST_DECOMPRESSED = 64 * 2 ** 20;

/** Bytes of a core as they are stored: a file, or a member of an archive. */
export interface StoredCore {
  readonly source: ByteSource;
  readonly size: number;
  readonly modified: number;
  readonly bytesRead: () => number;
  readonly close: () => void;
}

/**
 * @throws OpenError with one sentence naming file and cause
 */
export function openFile(path: string, limits?: DecodeLimits): OpenedFile {
  const file = openPlain(path);
  const stored: StoredCore = {
    source: file,
    size: Number(file.size),
    modified: file.modified,
    bytesRead: () => file.bytesRead,
    close: () => {
      file.close();
    },
  };
  return openedOver(stored, 1, limits);
}

/**
 * Decompresses what is stored, as far as it is read.
 *
 * @param layers how often it may be compressed: in an archive, once by the archive and once by whoever put it there
 */
export function openedOver(stored: StoredCore, layers: number, limits?: DecodeLimits): OpenedFile {
  const streams: CompressedSource[] = [];
  let source = stored.source;
  while (streams.length < layers) {
    const compression = compressionOf(source.read(0n, 16).bytes);
    if (compression === undefined) break;
    const stream = new CompressedSource(compression, source, limits);
    streams.push(stream);
    source = stream;
  }
  return {
    size: stored.size,
    modified: stored.modified,
    bytesRead: stored.bytesRead,
    source,
    problem: () => streams.map(({ problem }) => problem).find((problem) => problem !== undefined),
    follow: (core) => {
      const last = streams.at(-1);
      if (last !== undefined) followStream(last, core, true);
    },
    close: () => {
      for (const stream of streams.reverse()) stream.close();
      stored.close();
    },
  };
}

/**
 * What turns out to be wrong with a stream is told among the problems of the core in it.
 *
 * @param whole all of the file can be read now, so that its end can be looked at
 */
export function followStream(
  source: CompressedSource,
  core: Pick<CoreImage, 'diagnostics' | 'expectedSize'>,
  whole: boolean,
): void {
  const { diagnostics, expectedSize } = core;
  const tell = (): void => {
    const { problem, size } = source;
    if (problem !== undefined) diagnostics.report(problem.code, problem.message, BigInt(problem.offset));
    // The engine compared sizes when it opened the core, but then that of a stream was not known yet.
    else if (expectedSize > size && !diagnostics.has('truncated')) {
      const message = `truncated at ${size} of ${expectedSize} bytes before it was compressed: what lay behind is not in this file`;
      diagnostics.report('truncated', message, size);
    }
  };
  if (source.problem !== undefined || source.ended) {
    tell();
    return;
  }
  source.onSettled = tell;
  if (whole) source.finish(SHORT_REST, SHORT_REST_DECOMPRESSED);
}

function openPlain(path: string): FileSource {
  try {
    return openFileSource(path);
  } catch (error) {
    if (error instanceof NotAFileError)
      throw new OpenError(error.isDirectory ? 'directory' : 'unreadable', `${path}: ${error.message}, not a core`);
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new OpenError('not-found', `${path}: there is no such file`);
    if (code === 'EACCES' || code === 'EPERM')
      throw new OpenError('no-permission', `${path}: no permission to read it (cores are often readable by root only)`);
    throw new OpenError('unreadable', `${path}: it cannot be read (${code ?? String(error)})`);
  }
}
