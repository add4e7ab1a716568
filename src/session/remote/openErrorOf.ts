import { RemoteError } from '../../io/remote/remoteError.js';
import { OpenError } from '../coreSession.js';

/** What the reader of a remote core is told, in the words of the session. */
export function openErrorOf(error: unknown, source: string): unknown {
  return error instanceof RemoteError ? new OpenError(error.code, `${source}: ${error.message}`) : error;
}
