import type { PopulationLine } from '../../src/shared/populationPage.js';
import type { Messenger } from '../messenger.js';
import type { PopulationHost } from './host.js';

/** Bytes asked for at once. */
const PIECE = 4 << 20;

/** Fetches the table piece by piece; `onProgress` gets the share that is there. */
export async function fetchTable(
  messenger: Messenger<PopulationLine>,
  onProgress: (share: number) => void,
): Promise<Uint8Array> {
  let whole = new Uint8Array();
  for (let from = 0; ;) {
    const { total, bytes } = await messenger.ask('pack', { from, length: PIECE });
    if (whole.length !== total) whole = new Uint8Array(total);
    whole.set(bytes, from);
    from += bytes.length;
    onProgress(from / total);
    if (from >= total) return whole;
    if (bytes.length === 0) throw new Error('The table came to an end too early.');
  }
}

/** The page in the editor: what it wants done, the editor does. */
export function editorHost(messenger: Messenger<PopulationLine>, state: string | undefined): PopulationHost {
  return {
    copy: (text) => {
      messenger.do({ kind: 'copy', text });
      return Promise.resolve();
    },
    copyLink: (link) => {
      messenger.do({ kind: 'copyLink', state: link });
      return Promise.resolve();
    },
    query: (sql, signal) => messenger.ask('sql', { sql }, signal),
    openCore: (source) => {
      messenger.do({ kind: 'openCore', source });
    },
    remember: (link) => {
      messenger.remember({ link });
    },
    // What a link asks for now goes before what was looked at last.
    remembered: () => state ?? linkOf(messenger.remembered()),
  };
}

function linkOf(state: unknown): string | undefined {
  return typeof state === 'object' && state !== null && 'link' in state && typeof state.link === 'string'
    ? state.link
    : undefined;
}
