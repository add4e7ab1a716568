import { parentPort, workerData } from 'node:worker_threads';
import { coreSourceOf } from '../../coreSources.js';
import { isRemoteAddress } from '../../remote/remoteAddress.js';
import { Triage } from '../../triage.js';
import { type PoolReply, type PoolRequest, type PoolSettings, READY } from './poolProtocol.js';

/**
 * One thread of the pool: answers its requests until it is ended.
 *
 * @returns `false` when this is no thread
 */
export function serveTriage(): boolean {
  const port = parentPort;
  if (port === null) return false;
  const { options, wanted, place } = workerData as PoolSettings;
  const triage = new Triage(options, undefined, coreSourceOf(place.inputs, place));
  let before: Promise<void> = Promise.resolve();
  port.on('message', (request: PoolRequest) => {
    // Servers are waited for in several places at once; what is read from disk is done in turn.
    const early = isRemoteAddress(request.source) ? triage.coreOf(request, wanted) : undefined;
    before = before.then(async () => {
      const reply: PoolReply = await (early ?? triage.coreOf(request, wanted));
      port.postMessage(reply);
    });
  });
  port.postMessage(READY satisfies PoolReply);
  return true;
}
