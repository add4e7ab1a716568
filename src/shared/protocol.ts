import type { QueryAnswer, QueryName, QueryParams } from './queries.js';

/**
 * Every message between the core page and its host. The page asks, the host answers by id; the host also pushes events. Both
 * sides use the messenger in `webview/messenger.ts` and `src/editor/messenger.ts`; raw `postMessage` stands nowhere else.
 */
export const PROTOCOL_VERSION = 1;

/** From the page to the host. */
export type PageMessage =
  | { readonly type: 'hello'; readonly version: number }
  | { readonly type: 'ask'; readonly id: number; readonly name: QueryName; readonly params: unknown }
  | { readonly type: 'do'; readonly action: PageAction };

export type PageAction =
  | { readonly kind: 'debug'; readonly frame?: number }
  | { readonly kind: 'textReport' }
  | { readonly kind: 'openAsText' }
  | { readonly kind: 'openSource'; readonly file: string; readonly line: number }
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'reload' };

/** From the host to the page. */
export type HostMessage =
  | { readonly type: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly message: string }
  /** The page may start to ask; sent in reply to `hello`. */
  | { readonly type: 'ready'; readonly version: number; readonly source: string }
  /** The core could not be opened at all: the page says so and offers text. */
  | { readonly type: 'notACore'; readonly source: string; readonly message: string }
  /** The file could not be read: missing, no permission, a directory. */
  | { readonly type: 'unreadable'; readonly source: string; readonly message: string }
  /** The engine died or the file changed: ask again. */
  | { readonly type: 'reopened'; readonly reason: string }
  /** The debugger moved to another frame of a thread. */
  | { readonly type: 'focus'; readonly tid: number; readonly frame: number };

/** The typed face of `ask`. */
export type Ask = <N extends QueryName>(name: N, params: QueryParams<N>) => Promise<QueryAnswer<N>>;
