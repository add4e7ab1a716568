/** Redzone as a library: the entry of `require('redzone')`. */
export { createInThreadSession } from './session/inThreadSession.js';
export { createWorkerSession } from './session/worker/workerSession.js';
export { OpenError } from './session/coreSession.js';
export type { CoreSession, OpenedCore, OpenOptions } from './session/coreSession.js';
export type * from './shared/labels.js';
export type * from './shared/queries.js';
export type * from './shared/report.js';
