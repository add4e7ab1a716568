import type { DebugProtocol } from '@vscode/debugprotocol';
import type { ClientConventions } from './clientConventions.js';

/** What a request may use besides its arguments. */
export interface RequestContext {
  readonly client: ClientConventions;
  /** Fires when the client cancels the request or leaves. */
  readonly signal: AbortSignal;
  /** Sends an event now, before the answer. */
  now(event: DebugProtocol.Event): void;
  /** Sends an event once the request is answered. */
  later(event: DebugProtocol.Event): void;
  /** Shows that this request takes its time, where the client can show it; it may then be cancelled there. */
  progress(title: string): { readonly report: (done: number) => void; readonly end: () => void };
}
