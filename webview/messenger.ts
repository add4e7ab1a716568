import type {
  CoreLine,
  HostMessage,
  Line,
  PageMessage,
  QuestionAnswer,
  QuestionName,
  QuestionParams,
} from '../src/shared/protocol.js';
import { PROTOCOL_VERSION } from '../src/shared/protocol.js';

/**
 * The page's end of the line to its host: the only place of a page that posts or receives messages. Every question settles: with
 * the answer, with the host's failure, or with an error when the engine was reopened underneath it.
 */
export class Messenger<L extends Line = CoreLine> {
  readonly #api = acquireVsCodeApi();
  readonly #waiting = new Map<number, Waiting>();
  readonly #onEvent: (event: L['event']) => void;
  #nextId = 1;

  constructor(onEvent: (event: L['event']) => void) {
    this.#onEvent = onEvent;
    window.addEventListener('message', (event: MessageEvent<HostMessage<L>>) => {
      this.#receive(event.data);
    });
  }

  /** Says that the page listens. */
  hello(): void {
    this.#post({ type: 'hello', version: PROTOCOL_VERSION });
  }

  /** Asks the host; `signal` gives up waiting, and tells it so. */
  readonly ask = <N extends QuestionName<L>>(
    name: N,
    params: QuestionParams<L, N>,
    signal?: AbortSignal,
    progress?: (done: number) => void,
  ): Promise<QuestionAnswer<L, N>> =>
    new Promise<QuestionAnswer<L, N>>((resolve, reject) => {
      const id = this.#nextId++;
      signal?.addEventListener('abort', () => {
        if (this.#take(id) === undefined) return;
        this.#post({ type: 'cancel', id });
        reject(new Error('cancelled'));
      });
      this.#waiting.set(id, {
        resolve: (answer) => {
          resolve(answer);
        },
        reject,
        progress,
      });
      this.#post({ type: 'ask', id, name, params });
    });

  do(action: L['action']): void {
    this.#post({ type: 'do', action });
  }

  /** What the page remembers while it is hidden or the window reloads. */
  remember(state: unknown): void {
    this.#api.setState(state);
  }

  remembered(): unknown {
    return this.#api.getState();
  }

  #post(message: PageMessage<L>): void {
    this.#api.postMessage(message);
  }

  #receive(message: HostMessage<L>): void {
    if (isProgress(message)) {
      this.#waiting.get(message.id)?.progress?.(message.done);
      return;
    }
    if (isAnswer(message)) {
      const waiting = this.#take(message.id);
      if (message.type === 'answer') waiting?.resolve(message.answer);
      else waiting?.reject(new Error(message.message));
      return;
    }
    if (message.type === 'reopened') {
      for (const waiting of this.#waiting.values()) waiting.reject(new Error(reasonOf(message)));
      this.#waiting.clear();
    }
    this.#onEvent(message);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}

/** What the host says without being asked. */
export type HostEvent = CoreLine['event'];

type Answer = Extract<HostMessage, { type: 'answer' | 'failure' }>;

function isAnswer(message: { readonly type: string }): message is Answer {
  return message.type === 'answer' || message.type === 'failure';
}

function isProgress(message: { readonly type: string }): message is Extract<HostMessage, { type: 'progress' }> {
  return message.type === 'progress';
}

function reasonOf(event: object): string {
  return 'reason' in event ? String(event.reason) : 'The host started anew.';
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly progress: ((done: number) => void) | undefined;
}
