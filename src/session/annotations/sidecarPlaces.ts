import { createHash } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import { isRemoteAddress } from '../remote/remoteAddress.js';

/** What the name of a sidecar ends in. */
export const SIDECAR_SUFFIX = '.redzone.json';

/**
 * Where annotations of a core are kept, best first: beside it; and, where its folder cannot be written, in a folder of the workspace,
 * under a name in which the core's place is hashed, since cores of many folders meet there. Nothing lies beside a core on a server.
 *
 * @param folder `.redzone` of the workspace, where there is one
 */
export function sidecarPlaces(core: string, folder: string | undefined): readonly string[] {
  const isRemote = isRemoteAddress(core);
  const beside = isRemote ? [] : [`${core}${SIDECAR_SUFFIX}`];
  if (folder === undefined) return beside;
  const place = createHash('sha256')
    .update(isRemote ? core : resolve(core))
    .digest('hex')
    .slice(0, 12);
  const name = isRemote ? basename(core.replace(/[?#].*$/s, '')) : basename(core);
  return [...beside, join(folder, `${name}.${place}${SIDECAR_SUFFIX}`)];
}
