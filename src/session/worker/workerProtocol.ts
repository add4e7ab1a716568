import type { OpenOptions } from '../coreSession.js';

/** Messages between a worker session and its engine. Every request but `cancel` is answered once, by id. */
export type WorkerRequest =
  | { readonly id: number; readonly kind: 'open'; readonly path: string; readonly options: OpenOptions }
  | { readonly id: number; readonly kind: 'ask'; readonly key: string; readonly name: string; readonly params: unknown }
  | { readonly id: number; readonly kind: 'reload'; readonly key: string }
  | { readonly id: number; readonly kind: 'close'; readonly key: string }
  /** Ends the work on another request; that one is answered as failed. */
  | { readonly id: number; readonly kind: 'cancel'; readonly request: number };

export type WorkerReply =
  /** Not the answer yet: how much of the work is done, 0 to 1. */
  | { readonly id: number; readonly progress: number }
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly message: string; readonly openErrorCode?: string };
