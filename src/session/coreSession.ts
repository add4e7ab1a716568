import type { QueryAnswer, QueryName, QueryParams } from '../shared/queries.js';
import type { WorkOptions } from './slicedWork.js';

/**
 * How every face reaches a core: opened once, asked often. Two transports implement it with the same classes behind them:
 * `inThreadSession.ts` (CLI, `redzone dap`) and `workerSession.ts` (VS Code).
 */
export interface CoreSession {
  /**
   * Opens a core, or joins it where it is already open with equal options. Rejects with `OpenError` when the file cannot be read
   * or is no core; a damaged or foreign core opens and says so in its summary.
   *
   * @param work told of files being fetched, where servers are named; when its signal fires the core opens with what is there
   */
  open(path: string, options?: OpenOptions, work?: WorkOptions): Promise<OpenedCore>;
  /** Ends everything that is open. */
  dispose(): Promise<void>;
  /** Called when the engine behind the session died and cores must be asked again; the return value unsubscribes. */
  onReopened(listener: (reason: string) => void): () => void;
}

/** Where binaries are looked for besides their original paths. */
export interface OpenOptions {
  /** The executable of the core, wherever it lies. */
  readonly exe?: string;
  /** Folders with debug files and binaries, searched by build id and by name. */
  readonly debugDirs?: readonly string[];
  /** A folder that stands for `/` of the crashed machine. */
  readonly sysroot?: string;
  /** A folder with the annotations of cores whose own folder cannot be written. */
  readonly annotationFolder?: string;
  /** debuginfod servers to ask for files by build id, or `env` for those in DEBUGINFOD_URLS; absent: nothing is ever asked. */
  readonly debuginfod?: readonly string[];
}

export interface OpenedCore {
  readonly path: string;
  /**
   * Rejects with `Error` whose message is one sentence, or with an abort error when `signal` fired.
   *
   * @param progress is told of long work from time to time how much is done, 0 to 1
   */
  ask<N extends QueryName>(
    name: N,
    params: QueryParams<N>,
    signal?: AbortSignal,
    progress?: (done: number) => void,
  ): Promise<QueryAnswer<N>>;
  /** Reads the file anew, for everybody who has it open. Rejects with `OpenError` when it is no core now; the old one then stays. */
  reload(): Promise<void>;
  /** Called after a reload, whoever wanted it: what was answered before is of the old file. The return value unsubscribes. */
  onReloaded(listener: () => void): () => void;
  /** Gives up this reference; the core is closed when the last one is given up. */
  close(): Promise<void>;
}

/** Why a file cannot be opened as a core: one sentence naming file and cause. */
export class OpenError extends Error {
  constructor(
    readonly code:
      | 'not-found'
      | 'no-permission'
      | 'expired-credentials'
      | 'directory'
      | 'empty'
      | 'not-a-core'
      | 'unreadable'
      /** No connection to the server, or none that lasted. */
      | 'unreachable'
      | 'server-error'
      /** It became another file while it was read. */
      | 'changed'
      /** The server does not serve parts, and the whole is too large. */
      | 'no-ranges'
      | 'bad-address',
    message: string,
  ) {
    super(message);
    this.name = 'OpenError';
  }
}
