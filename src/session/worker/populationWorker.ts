import { parentPort, workerData } from 'node:worker_threads';
import { analysePopulation } from '../population/analyse.js';
import { packPopulation } from '../population/packPopulation.js';
import type { PopulationReply, PopulationRequest } from './populationReader.js';

/** Reads a data set, works out what stands out, and answers with the pack of its page: the entry of its own bundle. */
async function work(path: string): Promise<PopulationReply> {
  const { loaded, report } = await analysePopulation(path);
  if (loaded.table.rows === 0)
    return { type: 'unreadable', message: loaded.problems[0] ?? `${path} holds no table, or one without rows.` };
  const pack = await packPopulation(path, { loaded, report });
  return { type: 'read', pack, problems: loaded.problems };
}

const { path } = workerData as PopulationRequest;
void work(path)
  .catch((error: unknown): PopulationReply => {
    return { type: 'unreadable', message: error instanceof Error ? error.message : String(error) };
  })
  .then((reply) => {
    parentPort?.postMessage(reply, reply.type === 'read' ? [reply.pack.buffer] : []);
  });
