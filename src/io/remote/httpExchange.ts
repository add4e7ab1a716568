import http from 'node:http';
import https from 'node:https';
import { proxyFor } from './proxies.js';

/** One request. */
export interface HttpCall {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** As much as arrived, and no more than was wanted. */
  readonly body: Uint8Array;
  /** Why the body ends before its promised end. */
  readonly cut?: string;
  /** The body goes on behind what was wanted. */
  readonly more: boolean;
}

export interface HttpLimits {
  /** Milliseconds without a byte after which a connection is given up. */
  readonly idle: number;
  /** Milliseconds after which an exchange is given up, however it trickles. */
  readonly deadline: number;
  /** Bytes of the body wanted, once its headers are known. */
  readonly wanted: (status: number, headers: Readonly<Record<string, string>>) => number;
  readonly signal?: AbortSignal;
}

/** No answer at all: refused, reset, timed out, no such host. `message` says which. */
export class NoAnswerError extends Error {}

/** Connections that are kept open between requests. */
export class Connections {
  readonly #agents = new Map<string, Promise<http.Agent>>();

  /** @param way `direct` past any proxy that the environment names */
  constructor(private readonly way: 'direct' | 'asConfigured' = 'asConfigured') {}

  /**
   * One request and its answer.
   *
   * @throws NoAnswerError, or the reason of `limits.signal`
   */
  async exchange(call: HttpCall, limits: HttpLimits): Promise<HttpAnswer> {
    const agent = await this.#agentFor(call.url);
    return exchanged(call, limits, agent);
  }

  close(): void {
    for (const asked of this.#agents.values())
      void asked.then((agent) => {
        agent.destroy();
      });
    this.#agents.clear();
  }

  #agentFor(url: URL): Promise<http.Agent> {
    const proxy = this.way === 'direct' ? undefined : proxyFor(url, PROCESS);
    const key = `${url.protocol} ${proxy?.href ?? ''}`;
    let agent = this.#agents.get(key);
    if (agent === undefined) {
      agent = proxy === undefined ? Promise.resolve(directAgent(url)) : agentThrough(proxy, url);
      this.#agents.set(key, agent);
    }
    return agent;
  }
}

const MOST_SOCKETS = 64;
const IDLE_SOCKET = 15_000;
const AGENT = { keepAlive: true, maxSockets: MOST_SOCKETS, timeout: IDLE_SOCKET } as const;
const PROCESS = { variable: (name: string) => process.env[name] || undefined };

function directAgent({ protocol }: URL): http.Agent {
  return protocol === 'https:' ? new https.Agent(AGENT) : new http.Agent(AGENT);
}

/** Loaded by whoever has a proxy: tunnels for https, whole addresses for http. */
async function agentThrough(proxy: URL, { protocol }: URL): Promise<http.Agent> {
  if (!/^https?:$/.test(proxy.protocol))
    throw new NoAnswerError(`the proxy ${proxy.protocol}//${proxy.host} is none that speaks HTTP`);
  if (protocol === 'https:') return new (await import('https-proxy-agent')).HttpsProxyAgent(proxy, AGENT);
  return new (await import('http-proxy-agent')).HttpProxyAgent(proxy, AGENT);
}

function exchanged(call: HttpCall, limits: HttpLimits, agent: http.Agent): Promise<HttpAnswer> {
  const secure = call.url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const { signal } = limits;
    if (signal?.aborted === true) {
      reject(reasonOf(signal));
      return;
    }
    const request = (secure ? https : http).request(call.url, {
      method: call.method,
      headers: { ...call.headers },
      agent,
    });
    let why: string | undefined;
    const giveUp = (reason: string): void => {
      why ??= reason;
      request.destroy(new Error(reason));
    };
    const deadline = setTimeout(() => {
      giveUp(`no whole answer within ${seconds(limits.deadline)}`);
    }, limits.deadline);
    const onAbort = (): void => {
      giveUp('cancelled');
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    const settle = (): void => {
      clearTimeout(deadline);
      signal?.removeEventListener('abort', onAbort);
    };
    request.setTimeout(limits.idle, () => {
      giveUp(`nothing arrived for ${seconds(limits.idle)}`);
    });
    let answered = false;
    const fail = (error: Error): void => {
      settle();
      reject(signal?.aborted === true ? reasonOf(signal) : new NoAnswerError(why ?? wordsFor(error)));
    };
    request.on('error', (error) => {
      if (!answered) fail(error);
    });
    request.on('response', (response) => {
      answered = true;
      const headers = headersOf(response);
      const status = response.statusCode ?? 0;
      const wanted = limits.wanted(status, headers);
      const parts: Buffer[] = [];
      let have = 0;
      const finish = (cut: string | undefined, more: boolean): void => {
        settle();
        if (signal?.aborted === true) reject(reasonOf(signal));
        else {
          const body = Buffer.concat(parts, Math.min(have, wanted));
          resolve({ status, headers, body, more, ...(cut === undefined ? {} : { cut }) });
        }
      };
      response.on('data', (part: Buffer) => {
        parts.push(part);
        have += part.length;
        if (have <= wanted) return;
        finish(undefined, true);
        // The rest is of no interest; a connection that is full of it is of no use.
        response.destroy();
      });
      response.on('end', () => {
        finish(response.complete ? undefined : (why ?? 'the connection ended too early'), false);
      });
      response.on('error', (error) => {
        finish(why ?? wordsFor(error), false);
      });
    });
    request.end(call.body);
  });
}

function headersOf(response: http.IncomingMessage): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return headers;
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('cancelled');
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} s`;
}

/** A name of the system's errors in words; the messages of node name addresses, which say little to a reader. */
function wordsFor(error: Error): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return WORDS[code] ?? (code.startsWith('ERR_TLS') || code.includes('CERT') ? `TLS: ${code}` : code || error.message);
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'the name of the host could not be resolved',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  EPIPE: 'the connection was reset',
};
