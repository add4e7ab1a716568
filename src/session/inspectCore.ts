import { createIcedDisassembler } from '../io/icedDisassembler.js';
import type { OpenOptions } from './coreSession.js';
import { type OpenedCoreFile, OpenedCores } from './openedCores.js';
import type { WorkOptions } from './slicedWork.js';
import type { ReportScope } from '../engine/inspection/coreReport.js';

export { type Assumption, parseAssumption } from '../engine/inspection/assumption.js';
export { DEFAULT_SCOPE } from '../engine/inspection/coreReport.js';
export type { ReportScope } from '../engine/inspection/coreReport.js';

/**
 * The report of one core as text, or as JSON with a line end.
 *
 * @param work watches the fetching of files, where servers are named
 * @throws OpenError when the file cannot be read or is no core
 */
export async function inspectCore(
  path: string,
  options: OpenOptions,
  scope: ReportScope,
  form: 'text' | 'json',
  work: WorkOptions = {},
): Promise<string> {
  const cores = new OpenedCores(createIcedDisassembler());
  try {
    const key = cores.open(path, options);
    await cores.complete(key, work);
    return printedReport(cores.get(key), scope, form);
  } finally {
    cores.dispose();
  }
}

export function printedReport(core: OpenedCoreFile, scope: ReportScope, form: 'text' | 'json'): string {
  return form === 'json' ? `${JSON.stringify(core.report(scope), null, 1)}\n` : core.text(scope);
}
