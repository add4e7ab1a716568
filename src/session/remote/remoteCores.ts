import { bytesSource } from '../../engine/base/byteSource.js';
import { CompressedSource } from '../../io/compression/compressedSource.js';
import { compressionOf } from '../../io/compression/formats.js';
import type { ObjectStore, StoredObject } from '../../io/remote/objectStore.js';
import { RemoteError } from '../../io/remote/remoteError.js';
import type { RetryPolicy } from '../../io/remote/retries.js';
import { shownAddress } from '../../io/remote/shownAddress.js';
import type { CoreEntry, CoreSource, Listed } from '../coreSource.js';
import { isElfCore } from '../elfCoreMagic.js';
import { inOrder } from '../inOrder.js';
import { isNamedLikeCore } from '../coreNames.js';
import { openErrorOf } from './openErrorOf.js';
import { PREFIX, remoteFile } from './remoteFile.js';

export interface RemoteOptions {
  /** Of compressed cores, read beyond their first part. */
  readonly deep?: boolean;
  readonly policy?: RetryPolicy;
}

/** A source that knows which entries are its own. */
export interface RemoteCores extends CoreSource {
  owns(source: string): boolean;
  close(): Promise<void>;
}

/**
 * The cores behind an address. An object that is named is always listed; below a folder or bucket, objects whose name says core, and
 * others whose first bytes are an ELF core or a compressed stream that holds one.
 */
export function remoteCores(address: string, options: RemoteOptions = {}): RemoteCores {
  const shown = shownAddress(address);
  let opened: Promise<ObjectStore> | undefined;
  // Loaded when the first address is used: nobody else pays for it.
  const stored = (): Promise<ObjectStore> => (opened ??= openedStore(address, options.policy));
  return {
    owns: (source) => source === shown || source.startsWith(shown.endsWith('/') ? shown : `${shown}/`),
    async *list(signal) {
      let found = 0;
      try {
        for await (const listed of inOrder((await stored()).list(signal), PROBES, (object) => judged(object, signal))) {
          found++;
          yield listed;
        }
        if (found === 0) yield { kind: 'unreadable', path: shown, reason: 'nothing lies there' };
      } catch (error) {
        if (signal?.aborted === true) return;
        if (!(error instanceof RemoteError)) throw error;
        yield { kind: 'unreadable', path: shown, reason: error.message };
      }
    },
    async open({ source }, signal) {
      try {
        return remoteFile(await (await stored()).object(source).open(PREFIX, signal), options.deep === true, source);
      } catch (error) {
        throw openErrorOf(error, source);
      }
    },
    close: async () => {
      // A store that could not be opened was reported when it was used.
      await opened?.then(
        (store) => {
          store.close();
        },
        () => undefined,
      );
    },
  };
}

/** Objects that are looked into at once, to see whether they are cores. */
const PROBES = 16;

async function openedStore(address: string, policy: RetryPolicy | undefined): Promise<ObjectStore> {
  const { openStore } = await import('../../io/remote/openStore.js');
  return openStore(address, undefined, policy);
}

async function judged(object: StoredObject, signal: AbortSignal | undefined): Promise<Listed> {
  const isCore = object.named || isNamedLikeCore(object.name) || (await beginsLikeCore(object, signal));
  return isCore ? { kind: 'core', entry: entryOf(object) } : { kind: 'passedOver' };
}

function entryOf({ source, size, etag, modified }: StoredObject): CoreEntry {
  return {
    source,
    ...(size === undefined ? {} : { size }),
    ...(etag === undefined ? {} : { revision: etag }),
    ...(modified === undefined ? {} : { modified }),
  };
}

/** Enough for a header, and for the first bytes out of any compressor. */
const PROBE = 4096;

async function beginsLikeCore(object: StoredObject, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    const { prefix } = await object.open(PROBE, signal);
    if (isElfCore(prefix)) return true;
    const compression = compressionOf(prefix.subarray(0, 16));
    if (compression === undefined) return false;
    const stream = new CompressedSource(compression, bytesSource(prefix.subarray(0, PROBE)));
    try {
      return isElfCore(stream.read(0n, 64).bytes);
    } finally {
      stream.close();
    }
  } catch (error) {
    // Neither named like a core nor readable: as in a local folder it is none.
    if (error instanceof RemoteError) return false;
    throw error;
  }
}
