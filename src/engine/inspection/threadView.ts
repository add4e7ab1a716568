import type { FrameRow } from '../../shared/report.js';
import type { Walk } from '../unwind/stackFrame.js';
import { frameRows } from './frameRows.js';
import type { Inspection } from './openInspection.js';

/** The walk of one thread with its rows, made on first use. */
export class ThreadView {
  #rows: { readonly rows: readonly FrameRow[]; readonly frameOfRow: readonly number[] } | undefined;

  constructor(
    private readonly inspection: Inspection,
    readonly walk: Walk,
  ) {}

  get rows(): readonly FrameRow[] {
    return this.#made().rows;
  }

  /** For each row, the index of its frame in the walk. */
  get frameOfRow(): readonly number[] {
    return this.#made().frameOfRow;
  }

  #made(): { readonly rows: readonly FrameRow[]; readonly frameOfRow: readonly number[] } {
    return (this.#rows ??= frameRows(
      this.walk.frames,
      this.inspection.symbolizer,
      this.inspection.lines,
      this.inspection.context,
    ));
  }
}
