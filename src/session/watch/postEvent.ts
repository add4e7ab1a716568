import { shownAddress } from '../../io/remote/shownAddress.js';
import type { WatchEvent } from './watchEvent.js';

/**
 * Posts an event to a webhook. `text` stands first in it, where chat programs look.
 *
 * @returns one sentence when it did not arrive, without what is secret in the address
 */
export async function postEvent(webhook: string, event: WatchEvent, signal: AbortSignal): Promise<string | undefined> {
  const { postJson } = await import('../../io/remote/postJson.js');
  try {
    const { text, ...rest } = event;
    await postJson(webhook, { text, ...rest }, undefined, signal);
    return undefined;
  } catch (error) {
    if (signal.aborted) return undefined;
    // Chat programs put their secret into the path.
    const host = /^[a-z]+:\/\/[^/]+/i.exec(shownAddress(webhook))?.[0] ?? 'the webhook';
    return `${host}: the event could not be posted: ${error instanceof Error ? error.message : String(error)}`;
  }
}
