import type { OpenOptions } from '../../coreSession.js';
import type { CorePlace } from '../../coreSources.js';
import type { CoreEntry } from '../../coreSource.js';
import type { TriagedCore, WantedOfCore } from '../../triage.js';

/** The argument that makes a thread of the command's bundle one of the pool. */
export const TRIAGE_THREAD = '--triage-thread';

/** What a worker of the pool is started with. */
export interface PoolSettings {
  readonly options: OpenOptions;
  readonly wanted: WantedOfCore;
  readonly place: CorePlace;
}

/** A thread says so once, when it is there to answer. */
export const READY = 'ready';

/** One core to a worker, which answers in the order it was asked. */
export type PoolRequest = CoreEntry;
export type PoolReply = TriagedCore | typeof READY;
