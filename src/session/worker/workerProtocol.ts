import type { OpenOptions } from '../coreSession.js';

/** Messages between a worker session and its engine. Every request is answered once, by id. */
export type WorkerRequest =
  | { readonly id: number; readonly kind: 'open'; readonly path: string; readonly options: OpenOptions }
  | { readonly id: number; readonly kind: 'ask'; readonly key: string; readonly name: string; readonly params: unknown }
  | { readonly id: number; readonly kind: 'close'; readonly key: string };

export type WorkerReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly message: string; readonly openErrorCode?: string };
