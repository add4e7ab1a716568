import { type HttpAnswer, type HttpCall, NoAnswerError } from './httpExchange.js';
import { RemoteError } from './remoteError.js';
import { afterAll, type Requester, type Tally } from './requester.js';
import { isPassing, pause, pauseBefore } from './retries.js';

/** An object of which parts are read. Its identity is that of the first answer: when it becomes another one, reading ends. */
export class RangedObject {
  private constructor(
    private readonly address: ObjectAddress,
    /** Bytes of the whole. */
    readonly size: number,
    /** The first bytes, as many as were asked for or as there are. */
    readonly prefix: Uint8Array,
    /** Milliseconds since 1970. */
    readonly modified: number | undefined,
    private readonly identity: Identity,
    private readonly tally: Tally,
  ) {}

  /**
   * Reads the first bytes, which tells size and identity.
   *
   * @throws RemoteError
   */
  static async open(address: ObjectAddress, prefix: number, signal?: AbortSignal): Promise<RangedObject> {
    const tally: Tally = { requests: 0, bytes: 0 };
    const { requester } = address;
    for (let attempt = 1; ; attempt++) {
      let trouble: RemoteError;
      let retryAfter: string | undefined;
      try {
        const answer = await requester.once(
          callOf(address, { range: `bytes=0-${prefix - 1}` }),
          (status, headers) => wantedOf(status, headers, prefix),
          tally,
          signal,
        );
        const opened = openedBy(answer, address, prefix, tally);
        if (opened instanceof RangedObject) return opened;
        trouble = opened;
        retryAfter = answer.headers['retry-after'];
      } catch (error) {
        if (!(error instanceof NoAnswerError)) throw error;
        trouble = new RemoteError('unreachable', error.message);
      }
      if (attempt >= requester.policy.attempts) throw afterAll(trouble, attempt);
      await pause(pauseBefore(attempt, requester.policy, retryAfter), signal);
    }

    function openedBy(
      answer: HttpAnswer,
      at: ObjectAddress,
      wanted: number,
      counts: Tally,
    ): RangedObject | RemoteError {
      const { status, headers, body } = answer;
      if (isPassing(status)) return requester.trouble(answer);
      const identity = identityOf(headers);
      const modified = Date.parse(headers['last-modified'] ?? '');
      const made = (size: number, bytes: Uint8Array): RangedObject =>
        new RangedObject(at, size, bytes, Number.isNaN(modified) ? undefined : modified, identity, counts);
      if (status === 416) return made(0, new Uint8Array(0));
      if (status === 206) {
        const range = contentRange(headers['content-range']);
        if (range?.from !== 0 || range.size === undefined)
          throw new RemoteError('server-error', 'the server answered with another part than was asked for');
        if (body.length < Math.min(wanted, range.size)) return requester.trouble(answer);
        return made(range.size, body);
      }
      if (status !== 200) throw requester.refusal(answer, callOf(at, {}));
      // The server sends the whole, whatever is asked for.
      if (answer.more)
        throw new RemoteError('no-ranges', 'the server does not serve parts of files, and this one is over 64 MiB');
      if (answer.cut !== undefined) return requester.trouble(answer);
      return made(body.length, body);
    }
  }

  get requests(): number {
    return this.tally.requests;
  }

  get bytesRead(): number {
    return this.tally.bytes;
  }

  /**
   * The bytes from `start`, fewer than `length` only with the reason.
   *
   * @throws RemoteError `changed` when the object is another one by now
   */
  async read(start: number, length: number, signal?: AbortSignal): Promise<RangeRead> {
    const bytes = new Uint8Array(Math.min(length, Math.max(0, this.size - start)));
    const { requester } = this.address;
    let have = 0;
    for (let attempt = 1; have < bytes.length; attempt++) {
      let trouble: RemoteError;
      let retryAfter: string | undefined;
      try {
        const from = start + have;
        const wanted = bytes.length - have;
        const call = callOf(this.address, {
          range: `bytes=${from}-${from + wanted - 1}`,
          ...conditionsOf(this.identity),
        });
        const answer = await requester.once(
          call,
          (status) => (status === 206 ? wanted : ERROR_BODY),
          this.tally,
          signal,
        );
        this.#check(answer);
        if (answer.status === 206) {
          const part = contentRange(answer.headers['content-range'])?.from === from ? answer.body : undefined;
          if (part !== undefined) {
            bytes.set(part.subarray(0, wanted), have);
            have += Math.min(part.length, wanted);
            if (have === bytes.length) break;
          }
          // A part that is shorter than promised is gone on with from where it ended.
          trouble = new RemoteError('unreachable', answer.cut ?? 'the server sent less than was asked for');
        } else if (isPassing(answer.status)) {
          trouble = requester.trouble(answer);
          retryAfter = answer.headers['retry-after'];
        } else return { bytes: bytes.subarray(0, have), failure: requester.refusal(answer, call) };
      } catch (error) {
        if (!(error instanceof NoAnswerError)) throw error;
        trouble = new RemoteError('unreachable', error.message);
      }
      if (attempt >= requester.policy.attempts)
        return { bytes: bytes.subarray(0, have), failure: afterAll(trouble, attempt) };
      await pause(pauseBefore(attempt, requester.policy, retryAfter), signal);
    }
    return { bytes };
  }

  #check({ status, headers }: HttpAnswer): void {
    const changed = new RemoteError('changed', 'it changed while it was read');
    if (status === 412 || status === 416 || status === 200) throw changed;
    if (status !== 206) return;
    const { etag, lastModified } = identityOf(headers);
    const size = contentRange(headers['content-range'])?.size;
    if (size !== undefined && size !== this.size) throw changed;
    if (this.identity.etag !== undefined && etag !== undefined && etag !== this.identity.etag) throw changed;
    if (lastModified !== undefined && lastModified !== this.identity.lastModified && etag === undefined) throw changed;
  }
}

/** Where an object is, and who asks for it. */
export interface ObjectAddress {
  readonly requester: Requester;
  readonly url: URL;
  /** Sent with every request for it. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RangeRead {
  readonly bytes: Uint8Array;
  readonly failure?: RemoteError;
}

/** From servers that send the whole whatever is asked for, so much is taken. */
const WHOLE = 64 * 2 ** 20;
/** Of an error's text. */
const ERROR_BODY = 64 * 1024;

function wantedOf(status: number, headers: Readonly<Record<string, string>>, prefix: number): number {
  if (status === 206) return prefix;
  if (status !== 200) return ERROR_BODY;
  // No byte of a body that is too large anyway.
  return Number(headers['content-length'] ?? 0) > WHOLE ? 0 : WHOLE;
}

function callOf({ url, headers }: ObjectAddress, more: Readonly<Record<string, string>>): HttpCall {
  return { method: 'GET', url, headers: { 'accept-encoding': 'identity', ...headers, ...more } };
}

interface Identity {
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
}

function identityOf(headers: Readonly<Record<string, string>>): Identity {
  return { etag: headers['etag'], lastModified: headers['last-modified'] };
}

/** Weak tags never match under If-Match (RFC 9110, 13.1.1). */
function conditionsOf({ etag, lastModified }: Identity): Readonly<Record<string, string>> {
  if (etag !== undefined && !etag.startsWith('W/')) return { 'if-match': etag };
  return lastModified === undefined ? {} : { 'if-unmodified-since': lastModified };
}

/** `bytes 0-99/1234`, `bytes 0-99/*` (RFC 9110, 14.4). */
function contentRange(header: string | undefined): { from: number; size: number | undefined } | undefined {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header ?? '');
  if (match === null) return undefined;
  return { from: Number(match[1]), size: match[2] === '*' ? undefined : Number(match[2]) };
}
