import type { FramePlace } from '../shared/queries.js';
import type { DeadThread } from './threads.js';

/** How the queries name a row of a thread's frames, of whichever reading the thread is. */
export async function framePlace(thread: DeadThread, index: number): Promise<FramePlace> {
  const { tid, reading } = thread;
  switch (reading.kind) {
    case 'chosen':
      return { tid, frame: await thread.frames.physicalFrame(index) };
    case 'hypothesis':
      return { tid, frame: await thread.frames.physicalFrame(index), hypothesis: reading.id };
    case 'remembered':
      return { tid, frame: 0, hypothesis: `stale@${reading.addresses[index] ?? ''}` };
  }
}
