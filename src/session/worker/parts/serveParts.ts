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
  port.on('message', (request: PartRequest) => {
    let reply: PartReply;
    try {
      part = done(request, part);
    } catch (error) {
      // Of a part that failed nothing stays, whatever else was on its way to it.
      part?.discard();
      part = undefined;
      const { code, message } = error as NodeJS.ErrnoException;
      reply = { code, message };
    }
    port.postMessage(reply);
  });
  return true;
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
