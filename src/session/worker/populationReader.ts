import { Worker } from 'node:worker_threads';

/** What the worker is told when it starts. */
export interface PopulationRequest {
  readonly path: string;
}

export type PopulationReply =
  | { readonly type: 'read'; readonly pack: Uint8Array<ArrayBuffer>; readonly problems: readonly string[] }
  | { readonly type: 'unreadable'; readonly message: string };

/** A data set as its page takes it. */
export interface ReadPopulation {
  readonly pack: Uint8Array;
  /** What could not be read of it; one sentence each. */
  readonly problems: readonly string[];
}

/**
 * Reads a data set and works out what stands out, in a worker of its own: a million rows take their time, and nobody else shall wait
 * for them. Rejects with one sentence where there is no table, and where `signal` ended it.
 *
 * @param script the bundle of `populationWorker.ts`
 */
export function readPopulation(script: string, path: string, signal: AbortSignal): Promise<ReadPopulation> {
  return new Promise((resolve, reject) => {
    const request: PopulationRequest = { path };
    const worker = new Worker(script, { workerData: request });
    const give = () => {
      void worker.terminate();
      reject(new Error('cancelled'));
    };
    if (signal.aborted) {
      give();
      return;
    }
    signal.addEventListener('abort', give);
    worker.on('message', (reply: PopulationReply) => {
      signal.removeEventListener('abort', give);
      if (reply.type === 'read') resolve({ pack: reply.pack, problems: reply.problems });
      else reject(new Error(reply.message));
    });
    worker.on('error', reject);
    // Too late to matter where it has answered.
    worker.on('exit', (code) => {
      reject(new Error(`The reader of the table ended with code ${code}.`));
    });
  });
}
