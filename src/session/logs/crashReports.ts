import { type Frame, type HandlerReport, reportedCrash, reportLine } from './handlerReport.js';
import { kernelCrash } from './kernelCrash.js';
import type { LogLine } from './logLine.js';
import { type LoggedCrash, MOST_FRAMES } from './loggedCrash.js';
import { redzoneCrash } from './redzoneLine.js';

/** Finds crashes in the lines of one log, given in their order. */
export class CrashReports {
  #open: { readonly crash: HandlerReport['crash']; pc: Frame | undefined; readonly frames: Frame[] } | undefined;
  /** Of folly and glog: the time and the place come before the signal. */
  #aborted: number | undefined;
  #pcBefore: Frame | undefined;
  /** The next report is of the handler's own crash. */
  #again = false;

  /** @returns the crashes that are complete with this line */
  take(line: LogLine): LoggedCrash[] {
    const whole = redzoneCrash(line) ?? kernelCrash(line);
    if (whole !== undefined) return [...this.end(), whole];
    const part = reportLine(line);
    switch (part?.kind) {
      case 'time': {
        const ended = this.end();
        this.#aborted = part.time;
        return ended;
      }
      case 'again': {
        const ended = this.end();
        this.#again = true;
        return ended;
      }
      case 'signal': {
        const before = { time: this.#aborted, pc: this.#pcBefore };
        const skipped = this.#again;
        const ended = this.end();
        const time = before.time === undefined ? {} : { time: before.time };
        if (!skipped) this.#open = { crash: { ...part.crash, ...time }, pc: before.pc, frames: [] };
        return ended;
      }
      case 'pc':
        if (this.#open === undefined) this.#pcBefore = part.frame;
        else this.#open.pc ??= part.frame;
        return [];
      case 'frame':
        if (this.#open !== undefined && this.#open.frames.length < MOST_FRAMES) this.#open.frames.push(part.frame);
        return [];
      case 'source':
        return [];
      case undefined:
        // Lines of other threads come between; the report ends with the first that is none of its frames.
        return this.#open !== undefined && this.#open.frames.length > 0 ? this.end() : [];
    }
  }

  /** The crash whose report the log ends in. */
  end(): LoggedCrash[] {
    const report = this.#open;
    this.#open = undefined;
    this.#aborted = undefined;
    this.#pcBefore = undefined;
    this.#again = false;
    return report === undefined ? [] : [reportedCrash(report)];
  }
}
