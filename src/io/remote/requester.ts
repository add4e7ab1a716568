import { Connections, type HttpAnswer, type HttpCall, NoAnswerError } from './httpExchange.js';
import { RemoteError } from './remoteError.js';
import { isPassing, PATIENT, pause, pauseBefore, type RetryPolicy } from './retries.js';

/** What a kind of store does to requests and how it words refusals. */
export interface Protocol {
  /** Adds credentials. Called for each attempt, since signatures carry the time. */
  authorize(call: HttpCall): Promise<HttpCall> | HttpCall;
  /** The error that an answer of 300 or more stands for; `undefined` where the status alone must do. */
  explain(answer: HttpAnswer, call: HttpCall): RemoteError | undefined;
  /** Another request to make instead, where the answer says so: another region, another address. */
  redirect?(answer: HttpAnswer, call: HttpCall): HttpCall | undefined;
}

/** Sends requests, follows what the protocol says, tries again what may pass, and counts. */
export class Requester {
  readonly #connections: Connections;

  /** @param way `direct` past any proxy that the environment names */
  constructor(
    private readonly protocol: Protocol,
    readonly policy: RetryPolicy = PATIENT,
    way: 'direct' | 'asConfigured' = 'asConfigured',
  ) {
    this.#connections = new Connections(way);
  }

  /**
   * One attempt with its redirections.
   *
   * @throws NoAnswerError
   */
  async once(call: HttpCall, wanted: Wanted, tally: Tally, signal?: AbortSignal): Promise<HttpAnswer> {
    let current = call;
    for (let hops = 0; ; hops++) {
      tally.requests++;
      const authorized = await this.protocol.authorize(current);
      const answer = await this.#connections.exchange(authorized, {
        idle: this.policy.idle,
        deadline: this.policy.deadline,
        wanted,
        ...(signal === undefined ? {} : { signal }),
      });
      tally.bytes += answer.body.length;
      const next = hops < MOST_HOPS ? this.protocol.redirect?.(answer, current) : undefined;
      if (next === undefined) return answer;
      current = next;
    }
  }

  /**
   * A whole answer of 200 and the like, after as many attempts as the policy allows.
   *
   * @throws RemoteError
   */
  async whole(call: HttpCall, mostBytes: number, tally: Tally, signal?: AbortSignal): Promise<HttpAnswer> {
    for (let attempt = 1; ; attempt++) {
      let trouble: RemoteError;
      let retryAfter: string | undefined;
      try {
        const answer = await this.once(call, () => mostBytes, tally, signal);
        if (answer.status < 300 && answer.cut === undefined) return answer;
        if (answer.status >= 300 && !isPassing(answer.status)) throw this.refusal(answer, call);
        trouble = this.trouble(answer);
        retryAfter = answer.headers['retry-after'];
      } catch (error) {
        if (!(error instanceof NoAnswerError)) throw error;
        trouble = new RemoteError('unreachable', error.message);
      }
      if (attempt >= this.policy.attempts) throw afterAll(trouble, attempt);
      await pause(pauseBefore(attempt, this.policy, retryAfter), signal);
    }
  }

  /** What an answer that cannot be retried means. */
  refusal(answer: HttpAnswer, call: HttpCall): RemoteError {
    return this.protocol.explain(answer, call) ?? byStatus(answer.status);
  }

  /** What an answer that can be retried means. */
  trouble(answer: HttpAnswer): RemoteError {
    if (answer.cut !== undefined && answer.status < 300) return new RemoteError('unreachable', answer.cut);
    return new RemoteError('server-error', `the server answered ${answer.status}`);
  }

  close(): void {
    this.#connections.close();
  }
}

export type Wanted = (status: number, headers: Readonly<Record<string, string>>) => number;

/** What was asked and read for one object, failed attempts too. */
export interface Tally {
  requests: number;
  bytes: number;
}

const MOST_HOPS = 5;

export function afterAll(trouble: RemoteError, attempts: number): RemoteError {
  return new RemoteError(trouble.code, `${trouble.message} (${attempts} attempts)`);
}

function byStatus(status: number): RemoteError {
  switch (status) {
    case 401:
      return new RemoteError('no-permission', 'the server asks for credentials (401)');
    case 403:
      return new RemoteError('no-permission', 'the server does not allow it (403)');
    case 404:
    case 410:
      return new RemoteError('not-found', `there is no such object (${status})`);
    default:
      return new RemoteError('server-error', `the server answered ${status}`);
  }
}
