import { parentPort, workerData } from 'node:worker_threads';
import { Triage } from '../../triage.js';
import type { PoolReply, PoolRequest, PoolSettings } from './poolProtocol.js';

/** One thread of the pool: the entry of its own bundle. */
function serve(): void {
  const port = parentPort;
  if (port === null) return;
  const { options, wanted } = workerData as PoolSettings;
  const triage = new Triage(options);
  let before: Promise<void> = Promise.resolve();
  port.on('message', (request: PoolRequest) => {
    before = before.then(async () => {
      const reply: PoolReply = await triage.coreOf(request, wanted);
      port.postMessage(reply);
    });
  });
}

serve();
