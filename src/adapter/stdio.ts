import { AnnotationStores } from '../session/annotations/annotationStores.js';
import type { CoreSession } from '../session/coreSession.js';
import { RedzoneDebugSession } from './redzoneDebugSession.js';

/**
 * Speaks the Debug Adapter Protocol on standard input and output until the client leaves. Nothing else may write to standard
 * output meanwhile. The session stays the caller's to dispose of.
 */
export async function runOnStdio(session: CoreSession): Promise<void> {
  const adapter = new RedzoneDebugSession(session, {}, new AnnotationStores());
  adapter.start(process.stdin, process.stdout);
  await adapter.ended;
  // An input that is still being read would keep the process alive.
  process.stdin.destroy();
}
