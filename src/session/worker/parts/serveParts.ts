import { parentPort } from 'node:worker_threads';
import { type PartFile, PARTS_HERE } from '../../dataset/partFile.js';
import type { PartReply, PartRequest } from './partProtocol.js';

/**
 * The thread that writes: does what it is asked until it is ended.
 *
 * @returns `false` when this is no thread
 */
export function serveParts(): boolean {
  const port = parentPort;
  if (port === null) return false;
  let part: PartFile | undefined;
  // After a failure nothing more is begun, whatever else was on its way.
  let failure: PartReply;
  port.on('message', (request: PartRequest) => {
    if (failure === undefined)
      try {
        part = done(request, part);
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        failure = { code, message };
        discard(part);
      }
    port.postMessage(failure);
  });
  return true;
}

/** What kept a part from being written may keep it from being taken away, too; the next run does that. */
function discard(part: PartFile | undefined): void {
  try {
    part?.discard();
  } catch {
    // The first failure is the one to tell.
  }
}

/** @returns the part that is open then */
function done(request: PartRequest, part: PartFile | undefined): PartFile | undefined {
  switch (request.kind) {
    case 'open':
      return PARTS_HERE.open(request.path, request.columns, request.metadata);
    case 'write':
      part?.write(request.values);
      return part;
    case 'finish':
      part?.finish();
      return undefined;
    case 'discard':
      part?.discard();
      return undefined;
  }
}
