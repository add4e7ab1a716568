import { hex, runtimeAddress } from '../base/addresses.js';
import type { ThreadState } from '../core/coreImage.js';
import type { StackFrame, Walk } from '../unwind/stackFrame.js';
import { assumedWalk, parseAssumption } from './assumption.js';
import type { Inspection } from './openInspection.js';
import { QueryError } from './queryError.js';
import { threadFrames } from './threadFrames.js';
import { ThreadView } from './threadView.js';

/** As many frames of one thread as anybody pages through. */
const FRAMES = 100_000;
const MOST_VIEWS = 256;

/** The stacks of a core's threads, and the crashed one's under other readings, each walked once. */
export class ThreadViews {
  readonly #views = new Map<string, ThreadView>();

  constructor(private readonly inspection: Inspection) {}

  /** @throws QueryError */
  thread(tid: number): ThreadState {
    const found = this.inspection.core.threads.find((thread) => thread.tid === tid);
    if (found === undefined) throw new QueryError(`there is no thread ${tid} in this core`);
    return found;
  }

  /**
   * @param reading id of a hypothesis of the verdict; registers to assume (`rsp+=8,rip=0x401136`); or `stale@` and the address of a
   *   stale signal frame, whose registers it means. Absent: the chosen stack.
   * @throws QueryError for a reading that the core does not have
   */
  of(thread: ThreadState, reading?: string): ThreadView {
    const key = `${thread.tid}:${reading ?? ''}`;
    const known = this.#views.get(key);
    if (known !== undefined) return known;
    const walk =
      reading === undefined ? threadFrames(this.inspection, thread, FRAMES) : this.#otherWalk(thread, reading);
    const view = new ThreadView(this.inspection, walk);
    if (this.#views.size >= MOST_VIEWS) this.#views.clear();
    this.#views.set(key, view);
    return view;
  }

  /** The frame that a question speaks of; the crashed thread's innermost where it names none. */
  frame(place: {
    readonly tid?: number;
    readonly frame?: number;
    readonly hypothesis?: string;
  }): StackFrame | undefined {
    const thread = place.tid === undefined ? this.inspection.crashedThread : this.thread(place.tid);
    return thread === undefined ? undefined : this.of(thread, place.hypothesis).walk.frames[place.frame ?? 0];
  }

  #otherWalk(thread: ThreadState, reading: string): Walk {
    const { inspection } = this;
    if (thread !== inspection.crashedThread) throw new QueryError(`thread ${thread.tid} has one reading only`);
    const candidate = inspection.judgement?.candidates().find((other) => other.id === reading);
    if (candidate !== undefined) return candidate.walk;
    if (reading.startsWith(STALE)) return this.#staleFrame(reading.slice(STALE.length));
    const assumptions = reading.split(',').map(parseAssumption);
    const all = assumptions.filter((assumption) => assumption !== undefined);
    if (all.length < assumptions.length)
      throw new QueryError(`"${shortened(reading)}" is no reading of this stack, nor registers to assume, like rsp+=8`);
    const assumed = assumedWalk(inspection, all);
    if (typeof assumed === 'string') throw new QueryError(assumed);
    return assumed.walk;
  }

  #staleFrame(address: string): Walk {
    const found = this.inspection.judgement?.crash.stale.find((frame) => hex(frame.address) === address);
    if (found === undefined) throw new QueryError(`there is no stale signal frame at ${shortened(address)}`);
    const pc = found.registers.get(this.inspection.core.architecture?.programCounter ?? '') ?? 0n;
    const frame: StackFrame = {
      pc: runtimeAddress(pc),
      registers: found.registers,
      trust: 'signalFrame',
      rejected: [],
      interrupted: true,
      signalFrame: found,
    };
    return { frames: [frame], stop: 'no-rule' };
  }
}

const STALE = 'stale@';

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
