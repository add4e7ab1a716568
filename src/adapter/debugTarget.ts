import type { CoreSession, OpenedCore } from '../session/coreSession.js';
import { filesBelow } from '../session/localSources.js';
import type { SourceRules } from '../session/sourceResolver.js';
import type { CoreSummary, StackRow, VerdictAnswer } from '../shared/queries.js';
import { cannotOpen, noSuchFrame, nothingToDebug } from './errors.js';
import type { LaunchArguments } from './launchArguments.js';
import type { NoteSource } from '../session/annotations/noteSource.js';
import { Notes } from './notes.js';
import { ReferenceTable } from './referenceTable.js';
import { SourceFinder } from './sources.js';
import { ThreadTable, type DeadThread } from './threads.js';
import type { VariableGroup } from './variableGroup.js';

/** A frame that the client knows by a number. */
export interface FrameHandle {
  readonly thread: DeadThread;
  /** Index in the thread's frames, inline entries counted. */
  readonly index: number;
}

/** An open core as the debugger sees it: its threads with their cursors, and the numbers given out for its parts. */
export class DebugTarget {
  readonly frames = new ReferenceTable<FrameHandle>();
  readonly groups = new ReferenceTable<VariableGroup>();
  readonly pages = new ReferenceTable<FrameHandle>();
  readonly sources: SourceFinder;

  private constructor(
    readonly core: OpenedCore,
    readonly launch: LaunchArguments,
    readonly summary: CoreSummary,
    readonly verdict: VerdictAnswer,
    readonly threads: ThreadTable,
    readonly notes: Notes,
    rules: SourceRules,
  ) {
    // The configuration's map before the client's own.
    const sourceMap = [...launch.sourceMap, ...(rules.sourceMap ?? [])];
    const workspace = rules.workspace ?? (launch.cwd === undefined ? undefined : filesBelow(launch.cwd));
    this.sources = new SourceFinder(core, { ...rules, sourceMap, ...(workspace ? { workspace } : {}) });
  }

  /** @throws AdapterError with the one sentence that says why the core cannot be debugged. */
  static async open(
    session: CoreSession,
    launch: LaunchArguments,
    rules: SourceRules = {},
    noteSource?: NoteSource,
  ): Promise<DebugTarget> {
    const core = await session.open(launch.core, launch.options).catch((reason: unknown) => {
      throw cannotOpen(reason instanceof Error ? reason.message : `${launch.core} cannot be opened.`);
    });
    try {
      const [summary, verdict, notes] = await Promise.all([
        core.ask('summary', {}),
        core.ask('verdict', {}),
        // A core can be debugged without what was written on it.
        noteSource?.of(core).catch(() => undefined),
      ]);
      const threads = await ThreadTable.load(core, verdict, launch);
      if (!threads.focus) throw nothingToDebug(launch.core, summary.problems[0]?.message);
      return new DebugTarget(core, launch, summary, verdict, threads, new Notes(notes), rules);
    } catch (reason) {
      await core.close();
      throw reason;
    }
  }

  /** Gives up the core. */
  async close(): Promise<void> {
    this.notes.dispose();
    await this.core.close();
  }

  /** The innermost frame of the thread that the session stopped in. */
  focusFrame(): FrameHandle | undefined {
    const thread = this.threads.focus;
    return thread && { thread, index: 0 };
  }

  frameReference(thread: DeadThread, index: number): number {
    return this.frames.reference(frameKey(thread, index), () => ({ thread, index }));
  }

  pageReference(thread: DeadThread, index: number): number {
    return this.pages.reference(frameKey(thread, index), () => ({ thread, index }));
  }

  /** @throws AdapterError for a number that was never given out. */
  async frame(reference: number): Promise<FrameHandle & { readonly row: StackRow }> {
    const handle = this.frames.get(reference);
    const row = await handle?.thread.frames.row(handle.index);
    if (!handle || !row) throw noSuchFrame(reference);
    return { ...handle, row };
  }
}

function frameKey(thread: DeadThread, index: number): string {
  return `${thread.id}:${index}`;
}
