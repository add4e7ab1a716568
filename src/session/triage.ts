import type { Disassembler } from '../engine/arch/disassembler.js';
import { coreRow, unreadableRow } from '../engine/inspection/coreRow.js';
import { Inspection, openInspection } from '../engine/inspection/openInspection.js';
import type { FileIdentity } from '../engine/core/identifyFile.js';
import type { BinaryProvider } from '../engine/modules/binaryProvider.js';
import { createIcedDisassembler } from '../io/icedDisassembler.js';
import type { CoreRow } from '../shared/report.js';
import { askAgain, NOT_FETCHED } from './askAgain.js';
import { localBinaries } from './binaryFiles.js';
import { OpenError, type OpenOptions } from './coreSession.js';
import type { CoreEntry, CoreSource } from './coreSource.js';
import { openCore } from './coreSources.js';
import type { crashIdentity } from './crashIdentity.js';
import { buildsOnStack, type DebuginfodFiles, debuginfodFiles, MOST_FETCH_ROUNDS } from './debuginfod.js';
import { ImageCache } from './imageCache.js';
import { openFile, type OpenedFile } from './openedFile.js';
import { withOrigin } from './origin.js';
import { firstStackWindow } from './remote/firstStackWindow.js';
import { type StackWindow, stackWindow } from './stackWindow.js';

/** What is to be found out of a core besides its row. */
export interface WantedOfCore {
  readonly identity?: boolean;
  /** Bytes of stack above the stack pointer. */
  readonly stack?: number;
}

export interface TriagedCore {
  readonly row: CoreRow;
  /** As `crashIdentity` has it; absent when the core does not tell. */
  readonly crash?: string;
  readonly stack?: StackWindow;
}

/** Labels cores one by one, sharing what is known of their binaries. */
export class Triage {
  readonly #images = new ImageCache();
  readonly #servers: DebuginfodFiles | undefined;
  /** Loaded with the first core of which it is wanted. */
  #identityOf: typeof crashIdentity | undefined;
  #binaries: BinaryProvider;

  constructor(
    private readonly options: OpenOptions,
    private readonly disassembler: Disassembler = createIcedDisassembler(),
    /** Whoever listed the entries, which may know of credentials and connections. */
    private readonly opener: Pick<CoreSource, 'open'> = { open: openCore },
  ) {
    this.#servers = debuginfodFiles(options.debuginfod);
    this.#binaries = localBinaries(options, this.#images, this.#servers);
  }

  /** The row of one file of this machine. Never throws: what cannot be read becomes a row that says so. */
  row(path: string): CoreRow {
    try {
      const file = openFile(path);
      try {
        return this.#judged(path, file);
      } finally {
        file.close();
      }
    } catch (error) {
      return failedRow(path, error);
    }
  }

  /**
   * The row of a listed core with what a data set keeps besides, wherever it lies. Rejects only with the reason of the signal. A core that
   * became another one while it was read is read again from its start, once.
   */
  async coreOf(entry: CoreEntry, wanted: WantedOfCore, signal?: AbortSignal): Promise<TriagedCore> {
    try {
      return await this.#read(entry, wanted, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof OpenError && error.code === 'changed')) return { row: failedRow(entry.source, error) };
    }
    try {
      const core = await this.#read(entry, wanted, signal);
      return { ...core, row: { ...core.row, problems: [...core.row.problems, READ_AGAIN] } };
    } catch (error) {
      signal?.throwIfAborted();
      return { row: failedRow(entry.source, error) };
    }
  }

  async #read(entry: CoreEntry, wanted: WantedOfCore, signal: AbortSignal | undefined): Promise<TriagedCore> {
    if (wanted.identity === true) this.#identityOf ??= (await import('./crashIdentity.js')).crashIdentity;
    const file = await this.opener.open(entry, signal);
    try {
      let opened: Inspection | FileIdentity | undefined;
      const judged = () => {
        opened = this.#open(file);
        return this.#all(entry.source, file, wanted, opened);
      };
      let { answer, complete } = await askAgain(file, judged, signal);
      for (let round = 0; round < MOST_FETCH_ROUNDS && (await this.#fetched(answer.row, opened, signal)); round++)
        ({ answer, complete } = await askAgain(file, judged, signal));
      const requests = file.requests === undefined ? {} : { requests: file.requests() };
      const row = complete ? answer.row : unfinished(answer.row);
      return { ...answer, row: { ...this.#withServerProblems(row), ...requests, ...entry.origin } };
    } finally {
      file.close();
    }
  }

  /** Whether servers gave something that the stack lacks, so that the core is worth judging again. */
  async #fetched(
    row: CoreRow,
    opened: Inspection | FileIdentity | undefined,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    if (this.#servers === undefined || !(opened instanceof Inspection)) return false;
    const came = await this.#servers.fetchWanted(buildsOnStack(opened, row), { signal });
    if (came) this.#binaries = localBinaries(this.options, this.#images, this.#servers);
    return came;
  }

  #withServerProblems(row: CoreRow): CoreRow {
    const problems = (this.#servers?.problems ?? []).map((message) => ({ code: 'debuginfod', message }));
    return problems.length === 0 ? row : { ...row, problems: [...row.problems, ...problems] };
  }

  #all(source: string, file: OpenedFile, wanted: WantedOfCore, opened: Inspection | FileIdentity): TriagedCore {
    if (!(opened instanceof Inspection)) return { row: this.#row(source, file, opened) };
    const crash = wanted.identity === true ? this.#identityOf?.(opened.core) : undefined;
    const stack = wanted.stack === undefined ? undefined : stackWindow(opened, wanted.stack);
    return {
      // Last, since it says how much was read.
      row: this.#row(source, file, opened),
      ...(crash === undefined ? {} : { crash }),
      ...(stack === undefined ? {} : { stack }),
    };
  }

  #judged(source: string, file: OpenedFile): CoreRow {
    return this.#row(source, file, this.#open(file));
  }

  #open(file: OpenedFile): Inspection | FileIdentity {
    return openInspection({ source: file.source, binaries: this.#binaries, disassembler: this.disassembler });
  }

  #row(source: string, file: OpenedFile, opened: Inspection | FileIdentity): CoreRow {
    const origin = { source, size: file.size, bytesRead: file.bytesRead };
    if (!(opened instanceof Inspection)) return withStreamProblem(unreadableRow(opened, origin), file);
    file.follow(opened.core);
    const window = file.want === undefined ? undefined : firstStackWindow(opened.core);
    if (window !== undefined) file.want?.(window.offset, window.length);
    return withOrigin(coreRow(opened, origin), source, file.modified, file.timeSource);
  }

  dispose(): void {
    this.#images.dispose();
  }
}

const READ_AGAIN = {
  code: 'changed',
  message: 'it changed while it was read, and was read again from its start',
} as const;

function unfinished(row: CoreRow): CoreRow {
  return {
    ...row,
    status: row.status === 'unreadable' ? row.status : 'partial',
    problems: [NOT_FETCHED, ...row.problems],
  };
}

/** Of a stream that is cut or damaged before it gave a core, that is the reason, not what its first bytes look like. */
function withStreamProblem(row: CoreRow, file: OpenedFile): CoreRow {
  const problem = file.problem();
  return problem === undefined ? row : { ...row, problems: [problem] };
}

/** The row of a core that could not be opened, or at which the engine failed. */
export function failedRow(source: string, error: unknown): CoreRow {
  const code = error instanceof OpenError ? error.code : 'internal-error';
  const text = error instanceof Error ? error.message : String(error);
  const message =
    error instanceof OpenError
      ? text.replace(`${source}: `, '')
      : `an error in the engine: ${text}; please report it with this core`;
  return {
    schema: 1,
    source,
    size: 0,
    bytesRead: 0,
    status: 'unreadable',
    problems: [{ code, message }],
    sourceKind: 'core',
  };
}
