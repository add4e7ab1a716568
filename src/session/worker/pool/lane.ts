import type { CoreEntry } from '../../coreSource.js';
import type { TriagedCore } from '../../triage.js';

/** A core that somebody waits for. */
export interface PoolTask {
  readonly entry: CoreEntry;
  readonly resolve: (core: TriagedCore) => void;
}

/** What labels cores beside others of its kind: a thread, or the thread that asks. */
export interface Lane {
  /** Cores that it would take now. 0 as long as it is starting. */
  readonly room: number;
  take(task: PoolTask): void;
  end(): Promise<void>;
}
