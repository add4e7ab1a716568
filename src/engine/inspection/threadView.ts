import type { FrameRow } from '../../shared/report.js';
import type { ThreadState } from '../core/coreImage.js';
import type { Walk } from '../unwind/stackFrame.js';
import { frameRows } from './frameRows.js';
import type { Inspection } from './openInspection.js';
import { threadFrames } from './threadFrames.js';

/** As many frames of one thread as anybody pages through. */
const FRAMES = 100_000;

/** The walk of one thread with its rows, each made on first use. */
export class ThreadView {
  readonly walk: Walk;
  #rows: { readonly rows: readonly FrameRow[]; readonly frameOfRow: readonly number[] } | undefined;

  constructor(
    private readonly inspection: Inspection,
    thread: ThreadState,
  ) {
    this.walk = threadFrames(inspection, thread, FRAMES);
  }

  get rows(): readonly FrameRow[] {
    return this.#made().rows;
  }

  /** For each row, the index of its frame in the walk. */
  get frameOfRow(): readonly number[] {
    return this.#made().frameOfRow;
  }

  #made(): { readonly rows: readonly FrameRow[]; readonly frameOfRow: readonly number[] } {
    return (this.#rows ??= frameRows(this.walk.frames, this.inspection.symbolizer, this.inspection.lines));
  }
}
