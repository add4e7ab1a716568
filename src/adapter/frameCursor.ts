/** What a step button means on the dead: a walk over frames that are already there. */
export type CursorStep = 'caller' | 'callee' | 'outermost' | 'innermost';

/** How many frames that were stepped past stay in the call stack above the cursor. */
export const STEPPED_PAST_SHOWN = 8;

/** Where a thread's debugger stands: an index into its frames, 0 the innermost. */
export class FrameCursor {
  private index = 0;

  get position(): number {
    return this.index;
  }

  /**
   * Moves within `total` frames; false when it stood at the end already. `total` must be at least 1.
   */
  move(step: CursorStep, total: number): boolean {
    const before = this.index;
    const last = total - 1;
    const target = { caller: before + 1, callee: before - 1, outermost: last, innermost: 0 }[step];
    this.index = Math.min(Math.max(target, 0), last);
    return this.index !== before;
  }

  /** To a frame that is there. */
  moveTo(index: number): void {
    this.index = index;
  }

  /** Back to the innermost frame. */
  reset(): void {
    this.index = 0;
  }
}

/** What the editor shows beside the thread after a step. */
export function describeStop(step: CursorStep, moved: boolean, position: number, total: number): string {
  if (moved) return `frame ${position + 1} of ${total}`;
  return step === 'caller' || step === 'outermost' ? 'outermost frame' : 'innermost frame';
}

/** The rows of a call stack with the cursor at `position`: a label for the frames that are not shown, then frames. */
export interface CallStackLayout {
  /** Frames stepped past that are not shown. */
  readonly hidden: number;
  /** The first row is a label that says how many these are. */
  readonly labelled: boolean;
  /** Rows in all. */
  readonly rows: number;
}

/** Lays out the call stack. @param withPast frames that were stepped past are shown; otherwise it starts at the cursor */
export function layOut(position: number, total: number, withPast = true): CallStackLayout {
  if (!withPast) return { hidden: position, labelled: false, rows: total - position };
  const hidden = Math.max(0, position - STEPPED_PAST_SHOWN);
  return { hidden, labelled: hidden > 0, rows: total - hidden + (hidden > 0 ? 1 : 0) };
}

/** Which frame stands in a row of the layout; `undefined` for the label. */
export function frameAtRow(layout: CallStackLayout, row: number): number | undefined {
  if (!layout.labelled) return layout.hidden + row;
  return row === 0 ? undefined : layout.hidden + row - 1;
}
