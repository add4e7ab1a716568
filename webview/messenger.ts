import type { Ask, HostMessage, PageAction, PageMessage } from '../src/shared/protocol.js';
import { PROTOCOL_VERSION } from '../src/shared/protocol.js';
import type { QueryAnswer, QueryName, QueryParams } from '../src/shared/queries.js';

/**
 * The page's end of the line to its host: the only place of a page that posts or receives messages. Every question settles: with
 * the answer, with the host's failure, or with an error when the engine was reopened underneath it.
 */
export class Messenger {
  readonly #api = acquireVsCodeApi();
  readonly #waiting = new Map<number, Waiting>();
  readonly #onEvent: (event: HostEvent) => void;
  #nextId = 1;

  constructor(onEvent: (event: HostEvent) => void) {
    this.#onEvent = onEvent;
    window.addEventListener('message', (event: MessageEvent<HostMessage>) => {
      this.#receive(event.data);
    });
  }

  /** Says that the page listens. */
  hello(): void {
    this.#post({ type: 'hello', version: PROTOCOL_VERSION });
  }

  readonly ask: Ask = <N extends QueryName>(name: N, params: QueryParams<N>) =>
    new Promise<QueryAnswer<N>>((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, {
        resolve: (answer) => {
          resolve(answer as QueryAnswer<N>);
        },
        reject,
      });
      this.#post({ type: 'ask', id, name, params });
    });

  do(action: PageAction): void {
    this.#post({ type: 'do', action });
  }

  /** What the page remembers while it is hidden or the window reloads. */
  remember(state: unknown): void {
    this.#api.setState(state);
  }

  remembered(): unknown {
    return this.#api.getState();
  }

  #post(message: PageMessage): void {
    this.#api.postMessage(message);
  }

  #receive(message: HostMessage): void {
    switch (message.type) {
      case 'answer':
        this.#take(message.id)?.resolve(message.answer);
        return;
      case 'failure':
        this.#take(message.id)?.reject(new Error(message.message));
        return;
      case 'reopened':
        for (const waiting of this.#waiting.values()) waiting.reject(new Error(message.reason));
        this.#waiting.clear();
        this.#onEvent(message);
        return;
      default:
        this.#onEvent(message);
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}

/** What the host says without being asked. */
export type HostEvent = Exclude<HostMessage, { type: 'answer' | 'failure' }>;

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}
