import { createIcedDisassembler } from '../io/icedDisassembler.js';
import type { OpenOptions } from './coreSession.js';
import { type OpenedCoreFile, OpenedCores } from './openedCores.js';
import { inSlices, type WorkOptions } from './slicedWork.js';
import type { ReportScope } from '../engine/inspection/coreReport.js';

export { type Assumption, parseAssumption } from '../engine/inspection/assumption.js';
export { DEFAULT_SCOPE } from '../engine/inspection/coreReport.js';
export type { ReportScope } from '../engine/inspection/coreReport.js';

/**
 * The report of one core as text, or as JSON with a line end.
 *
 * @param write is given the report in parts, each after the one before was taken
 * @param work watches the fetching of files, where servers are named; its signal ends the making of the report too
 * @throws OpenError when the file cannot be read or is no core
 */
export async function inspectCore(
  path: string,
  options: OpenOptions,
  scope: ReportScope,
  form: 'text' | 'json',
  write: (part: string) => Promise<void>,
  work: WorkOptions = {},
): Promise<void> {
  const cores = new OpenedCores(createIcedDisassembler());
  try {
    const key = cores.open(path, options);
    await cores.complete(key, work);
    const core = cores.get(key);
    if (form === 'text') await write(await inSlices(core.textSteps(scope), { signal: work.signal }));
    else await writeInParts(core.reportJson(scope), write, work.signal);
  } finally {
    cores.dispose();
  }
}

/** Small pieces are put together: a write for each would take longer than making them. */
async function writeInParts(
  pieces: Iterable<string>,
  write: (part: string) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  let part = '';
  for (const piece of pieces) {
    part += piece;
    if (part.length < PART) continue;
    signal?.throwIfAborted();
    await write(part);
    part = '';
    await new Promise((resolve) => setImmediate(resolve));
  }
  await write(part);
}

/** In characters; takes about 20 ms to make. */
const PART = 1 << 18;

/** The whole report in one text. */
export function printedReport(core: OpenedCoreFile, scope: ReportScope, form: 'text' | 'json'): string {
  return form === 'json' ? [...core.reportJson(scope)].join('') : core.text(scope);
}
