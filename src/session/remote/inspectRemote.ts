import type { ReportScope } from '../../engine/inspection/coreReport.js';
import { createIcedDisassembler } from '../../io/icedDisassembler.js';
import type { OpenOptions } from '../coreSession.js';
import { ImageCache } from '../imageCache.js';
import { printedReport } from '../inspectCore.js';
import { RemoteCore } from './remoteCore.js';
import type { RemoteOptions } from './remoteCores.js';

/**
 * The report of one core on a server as text, or as JSON with a line end. Rejects with OpenError when it cannot be read or is no core.
 */
export async function inspectRemote(
  address: string,
  options: OpenOptions & RemoteOptions,
  scope: ReportScope,
  form: 'text' | 'json',
): Promise<string> {
  const images = new ImageCache();
  try {
    const core = await RemoteCore.open(address, options, images, createIcedDisassembler());
    try {
      return await core.ask((opened) => printedReport(opened, scope, form));
    } finally {
      await core.close();
    }
  } finally {
    images.dispose();
  }
}
