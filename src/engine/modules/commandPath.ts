import { runtimeAddress } from '../base/addresses.js';
import { readCString } from '../base/memoryView.js';
import { pathText } from '../base/text.js';
import type { CoreImage } from '../core/coreImage.js';
import { AT_EXECFN } from '../core/processNotes.js';

const LONGEST_PATH = 4096;

/** What execve was given, which AT_EXECFN points to; the command's short name when that is not in the core or no whole path. */
export function commandPath(core: CoreImage): string {
  const address = core.auxv.get(AT_EXECFN);
  const bytes = address === undefined ? undefined : readCString(core.memory, runtimeAddress(address), LONGEST_PATH);
  const path = bytes === undefined ? '' : pathText(bytes);
  return path.startsWith('/') ? path : (core.process?.comm ?? '[executable]');
}
