import { Worker } from 'node:worker_threads';
import type { TriageRunMessage, TriageRunSettings } from './triageRunProtocol.js';

/**
 * Labels cores in a thread and hands their rows over as they come. Resolves when all is done, or soon after the signal fired; rejects
 * when the thread dies.
 *
 * @param script the bundle of `triageRunWorker.ts`
 */
export function runTriage(
  script: string,
  settings: TriageRunSettings,
  onMessage: (message: TriageRunMessage) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script, { workerData: settings });
    let patience: NodeJS.Timeout | undefined;
    const stop = (): void => {
      worker.postMessage('stop');
      // A core in the middle of the engine does not hear it.
      patience = setTimeout(() => void worker.terminate(), PATIENCE);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    worker.on('message', onMessage);
    worker.on('error', reject);
    worker.on('exit', () => {
      clearTimeout(patience);
      signal.removeEventListener('abort', stop);
      resolve();
    });
  });
}

/** Milliseconds until a thread that was told to stop is ended. */
const PATIENCE = 2000;
