import { CompressedSource } from '../../io/compression/compressedSource.js';
import { type Compression, compressionOf } from '../../io/compression/formats.js';
import type { RangedObject, RangeRead } from '../../io/remote/rangedObject.js';
import { followStream, type OpenedFile } from '../openedFile.js';
import { FetchedSource, PAGE, type Range } from './fetchedSource.js';
import { mergeMisses } from './mergeMisses.js';
import { openErrorOf } from './openErrorOf.js';

/** First bytes that are read of every core: header, program headers, and most often the first thread and the signal. */
export const PREFIX = 16 * 1024;
/** Of a compressed core, which can only be read from the front. */
const COMPRESSED_PREFIX = 2 ** 20;
/** What one core may hold in memory. */
const MOST_HELD = 256 * 2 ** 20;
/** What one request asks for at most, and how many of one core are under way at once. */
const LARGEST_PART = 8 * 2 ** 20;
const AT_ONCE = 4;

/**
 * An object of a server as a file for the engine.
 *
 * @param deep of a compressed core, go beyond its first part
 * @param source what it is called in errors
 */
export function remoteFile(object: RangedObject, deep: boolean, source: string): OpenedFile {
  const fetched = new FetchedSource(object.size);
  fetched.add(0, object.prefix);
  const compression = compressionOf(object.prefix.subarray(0, 16));
  const parts = new Parts(object, fetched, source);
  const common = {
    size: object.size,
    modified: object.modified ?? Number.NaN,
    timeSource: 'object' as const,
    bytesRead: () => object.bytesRead,
    requests: () => object.requests,
  };
  return compression === undefined
    ? { ...common, ...plain(fetched, parts) }
    : compressed(common, compression, fetched, parts, deep);
}

type Common = Pick<OpenedFile, 'size' | 'modified' | 'timeSource' | 'bytesRead' | 'requests'>;
type Contents = Pick<OpenedFile, 'source' | 'problem' | 'follow' | 'fetchMissing' | 'hasMissing' | 'want' | 'close'>;

function plain(source: FetchedSource, parts: Parts): Contents {
  let round = 0;
  return {
    source,
    problem: () => undefined,
    follow: ({ diagnostics }) => {
      for (const failure of parts.failures) diagnostics.report('read-failed', failure.message, failure.offset);
    },
    fetchMissing: async (signal) => {
      const misses = source.takeMisses();
      if (misses.length === 0) return false;
      return parts.fetch(mergeMisses(misses, Number(source.size), round++), signal);
    },
    hasMissing: () => source.hasMissing(),
    want: (offset, length) => {
      source.want({ start: Number(offset), end: Number(offset) + length });
    },
    close: () => undefined,
  };
}

/** A stream is decompressed from its start again whenever more of it has come; what came doubles, so that this stays cheap. */
function compressed(
  common: Common,
  compression: Compression,
  fetched: FetchedSource,
  parts: Parts,
  deep: boolean,
): OpenedFile {
  const size = Number(fetched.size);
  let here = Math.min(size, PREFIX);
  let stream = new CompressedSource(compression, fetched);
  const next = (): number => {
    if (here < COMPRESSED_PREFIX) return Math.min(size, COMPRESSED_PREFIX);
    return deep ? Math.min(size, 4 * here, MOST_HELD) : here;
  };
  const isWaiting = (): boolean => stream.problem?.code === 'not-fetched' && next() > here;
  return {
    ...common,
    get source() {
      return stream;
    },
    problem: () => stream.problem,
    follow: (core) => {
      for (const failure of parts.failures) core.diagnostics.report('read-failed', failure.message, failure.offset);
      followStream(stream, core, here === size);
    },
    fetchMissing: async (signal) => {
      if (!isWaiting()) return false;
      const end = next();
      await parts.fetch([{ start: here - (here % PAGE), end }], signal);
      fetched.takeMisses();
      here = end;
      stream.close();
      stream = new CompressedSource(compression, fetched);
      return true;
    },
    hasMissing: isWaiting,
    close: () => {
      stream.close();
    },
  };
}

interface Failure {
  readonly message: string;
  readonly offset: bigint;
}

/** Fetches parts of an object and remembers what could not be had. */
class Parts {
  readonly failures: Failure[] = [];
  #held = PREFIX;

  constructor(
    private readonly object: RangedObject,
    private readonly fetched: FetchedSource,
    private readonly source: string,
  ) {}

  /**
   * @returns whether anything new is known
   * @throws OpenError when the object changed
   */
  async fetch(ranges: readonly Range[], signal: AbortSignal | undefined): Promise<boolean> {
    const wanted = ranges
      .flatMap((range) => [...split(range)])
      .filter((range) => !this.fetched.holds(range))
      .filter(({ start, end }) => {
        const fits = this.#held + end - start <= MOST_HELD;
        if (fits) this.#held += end - start;
        return fits;
      });
    // What one part learns ends the others: nothing of a file that changed is of use.
    const stop = new AbortController();
    const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
    let failure: Error | undefined;
    let at = 0;
    const lane = async (): Promise<void> => {
      try {
        for (let range = wanted[at++]; range !== undefined; range = wanted[at++]) await this.#part(range, either);
      } catch (error) {
        if (stop.signal.aborted) return;
        failure = error instanceof Error ? error : new Error(String(error));
        stop.abort();
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, wanted.length) }, lane));
    if (failure !== undefined) throw failure;
    return wanted.length > 0;
  }

  async #part(range: Range, signal: AbortSignal | undefined): Promise<void> {
    const { bytes, failure } = await this.#read(range, signal);
    this.fetched.add(range.start, bytes);
    if (failure === undefined) return;
    this.fetched.lose(range);
    const from = range.start + bytes.length;
    this.failures.push({
      message: `bytes ${from} to ${range.end - 1} could not be read: ${failure.message}`,
      offset: BigInt(from),
    });
  }

  async #read({ start, end }: Range, signal: AbortSignal | undefined): Promise<RangeRead> {
    try {
      return await this.object.read(start, end - start, signal);
    } catch (error) {
      throw openErrorOf(error, this.source);
    }
  }
}

function* split({ start, end }: Range): Iterable<Range> {
  for (let at = start; at < end; at += LARGEST_PART) yield { start: at, end: Math.min(end, at + LARGEST_PART) };
}
