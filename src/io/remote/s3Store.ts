import { AwsV4Signer } from 'aws4fetch';
import type { AwsSettings } from './awsSettings.js';
import type { AwsCredentials } from './credentials/awsCredentials.js';
import { Renewed } from './credentials/renewed.js';
import type { HttpAnswer, HttpCall } from './httpExchange.js';
import { belongsTo, encodedKey, encodedPart, isNameOfObject, keyAddress } from './objectKeys.js';
import type { ObjectStore, StoredObject } from './objectStore.js';
import { RangedObject } from './rangedObject.js';
import { RemoteError, type RemoteErrorCode } from './remoteError.js';
import { type Protocol, Requester } from './requester.js';
import type { RetryPolicy } from './retries.js';
import { xmlElements, xmlText } from './xmlElements.js';

/**
 * A bucket of S3, or of a server that speaks like it, or of Google Cloud Storage by its S3-compatible interface.
 *
 * @param address `s3://bucket`, `s3://bucket/folder/`, `s3://bucket/key`, or the same with `gs:`
 * @throws RemoteError
 */
export function s3Store(address: string, settings: AwsSettings, policy?: RetryPolicy): ObjectStore {
  const { container: bucket, key } = keyAddress(address, 'bucket');
  return new Bucket(address.slice(0, address.indexOf(':')).toLowerCase(), bucket, key, settings, policy);
}

class Bucket implements ObjectStore {
  readonly #requester: Requester;
  #base: URL;
  #region: string;
  readonly #keys = new Map<string, ArrayBuffer>();
  readonly #credentials: () => Promise<AwsCredentials | undefined>;
  readonly #token: (() => Promise<string>) | undefined;

  constructor(
    private readonly scheme: string,
    private readonly bucket: string,
    private readonly named: string,
    private readonly settings: AwsSettings,
    policy: RetryPolicy | undefined,
  ) {
    this.#region = settings.region;
    this.#base = baseOf(bucket, settings, this.#region);
    this.#requester = new Requester(this.#protocol(), policy);
    const { credentials, role, token } = settings;
    const lent = role === undefined ? undefined : new Renewed(role);
    this.#credentials = () => lent?.get() ?? Promise.resolve(credentials);
    const tokens = token === undefined ? undefined : new Renewed(token);
    this.#token = tokens === undefined ? undefined : async () => (await tokens.get()).token;
  }

  async *list(signal?: AbortSignal): AsyncGenerator<StoredObject, void> {
    let token: string | undefined;
    let found = 0;
    do {
      const page = await this.#page(token, signal);
      for (const entry of page?.entries ?? []) {
        // Consoles make empty objects whose names end in a slash to show folders.
        if (!belongsTo(entry.key, this.named) || entry.key.endsWith('/')) continue;
        found++;
        yield this.#object(entry);
      }
      token = page?.next;
    } while (token !== undefined);
    if (found === 0 && isNameOfObject(this.named)) yield this.#object({ key: this.named });
  }

  object(source: string): StoredObject {
    return this.#object({ key: source.slice(`${this.scheme}://${this.bucket}/`.length) });
  }

  close(): void {
    this.#requester.close();
  }

  /** `undefined` when listing is not allowed but the address may name an object, which may be. */
  async #page(token: string | undefined, signal: AbortSignal | undefined): Promise<Page | undefined> {
    const query = {
      'list-type': '2',
      'encoding-type': 'url',
      ...(this.named === '' ? {} : { prefix: this.named }),
      ...(token === undefined ? {} : { 'continuation-token': token }),
      ...(this.settings.pageSize === undefined ? {} : { 'max-keys': String(this.settings.pageSize) }),
    };
    const url = new URL(this.#base);
    url.search = Object.entries(query)
      .map(([name, value]) => `${name}=${encodedPart(value)}`)
      .join('&');
    const tally = { requests: 0, bytes: 0 };
    try {
      const { body } = await this.#requester.whole({ method: 'GET', url, headers: {} }, LARGEST_PAGE, tally, signal);
      return pageOf(new TextDecoder().decode(body), token);
    } catch (error) {
      const single = isNameOfObject(this.named) && token === undefined;
      if (single && error instanceof RemoteError && error.code === 'no-permission') return undefined;
      throw error;
    }
  }

  #object({ key, size, etag, modified }: Entry): StoredObject {
    return {
      source: `${this.scheme}://${this.bucket}/${key}`,
      name: key.slice(key.lastIndexOf('/') + 1),
      named: key === this.named,
      ...(size === undefined ? {} : { size }),
      ...(etag === undefined ? {} : { etag }),
      ...(modified === undefined ? {} : { modified }),
      open: async (prefix, signal) => {
        const url = new URL(`${this.#base.href}${encodedKey(key)}`);
        // Google decompresses what was uploaded with a content encoding, and then serves no parts, unless gzip is welcome.
        const headers = this.scheme === 'gs' ? { 'accept-encoding': 'gzip' } : {};
        return RangedObject.open({ requester: this.#requester, url, headers }, prefix, signal);
      },
    };
  }

  #protocol(): Protocol {
    return {
      authorize: (call) => this.#signed(call),
      explain: (answer) => {
        const { credentials, role, token } = this.settings;
        return explained(answer, this.bucket, (credentials ?? role ?? token) !== undefined);
      },
      redirect: (answer, call) => this.#elsewhere(answer, call),
    };
  }

  async #signed(call: HttpCall): Promise<HttpCall> {
    if (this.#token !== undefined)
      return { ...call, headers: { ...call.headers, authorization: `Bearer ${await this.#token()}` } };
    const credentials = await this.#credentials();
    if (credentials === undefined) return call;
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const signer = new AwsV4Signer({
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      method: call.method,
      url: call.url.href,
      service: 's3',
      region: this.#region,
      cache: this.#keys,
    });
    const { headers } = await signer.sign();
    // The range and its conditions stay unsigned: proxies and Google's front end rewrite some of the headers.
    return { ...call, headers: { ...call.headers, ...Object.fromEntries(headers.entries()) } };
  }

  /** The bucket is in another region: what is asked from now on goes there. */
  #elsewhere({ status, headers, body }: HttpAnswer, call: HttpCall): HttpCall | undefined {
    if (status < 300) return undefined;
    const xml = new TextDecoder().decode(body);
    const malformed = xmlText(xml, 'Code') === 'AuthorizationHeaderMalformed';
    const region = headers['x-amz-bucket-region'] ?? (malformed ? xmlText(xml, 'Region') : undefined);
    if (![301, 307, 400, 403].includes(status) || region === undefined || region === this.#region) return undefined;
    const path = call.url.href.slice(this.#base.href.length);
    this.#region = region;
    this.#base = baseOf(this.bucket, this.settings, region);
    return { ...call, url: new URL(`${this.#base.href}${path}`) };
  }
}

const LARGEST_PAGE = 16 * 2 ** 20;

/** Always ends in a slash. */
function baseOf(bucket: string, { endpoint }: AwsSettings, region: string): URL {
  try {
    if (endpoint !== undefined) return new URL(`${endpoint.replace(/\/+$/, '')}/${encodedPart(bucket)}/`);
    const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    // Certificates do not cover names with dots before the domain.
    if (bucket.includes('.')) return new URL(`https://s3.${region}.${domain}/${encodedPart(bucket)}/`);
    return new URL(`https://${bucket}.s3.${region}.${domain}/`);
  } catch {
    throw new RemoteError('bad-address', 'bucket, region and endpoint do not make a valid address');
  }
}

interface Entry {
  readonly key: string;
  readonly size?: number;
  readonly etag?: string;
  readonly modified?: number;
}

interface Page {
  readonly entries: readonly Entry[];
  readonly next: string | undefined;
}

function pageOf(xml: string, token: string | undefined): Page {
  if (!xml.includes('<ListBucketResult'))
    throw new RemoteError('server-error', 'the answer to a listing is no list: is this an S3 endpoint?');
  const encoded = xmlText(xml, 'EncodingType') === 'url';
  const entries = xmlElements(xml, 'Contents').map((item): Entry => {
    const key = xmlText(item, 'Key') ?? '';
    const size = Number(xmlText(item, 'Size'));
    const etag = xmlText(item, 'ETag');
    const modified = Date.parse(xmlText(item, 'LastModified') ?? '');
    return {
      key: encoded ? unencoded(key) : key,
      ...(Number.isFinite(size) ? { size } : {}),
      ...(etag === undefined ? {} : { etag }),
      ...(Number.isNaN(modified) ? {} : { modified }),
    };
  });
  const next = xmlText(xml, 'IsTruncated') === 'true' ? xmlText(xml, 'NextContinuationToken') : undefined;
  // A server that does not know the parameter gives the first page for ever.
  if (next !== undefined && next === token)
    throw new RemoteError('server-error', 'the listing does not go on: the server repeats its page');
  return { entries, next };
}

function unencoded(key: string): string {
  try {
    return decodeURIComponent(key.replace(/\+/g, ' '));
  } catch {
    return key;
  }
}

/** S3's error codes (API reference, "Error responses"). */
function explained({ status, body }: HttpAnswer, bucket: string, signed: boolean): RemoteError | undefined {
  const xml = new TextDecoder().decode(body);
  const known = REFUSALS[xmlText(xml, 'Code') ?? ''];
  if (known !== undefined) return new RemoteError(known[0], known[1].replace('%', bucket));
  if (![400, 401, 403, 412].includes(status) || (signed && status !== 401 && status !== 403)) return undefined;
  return signed
    ? new RemoteError('no-permission', 'the credentials do not allow it (access denied)')
    : new RemoteError('no-permission', 'it needs credentials, and none were found in the environment or in ~/.aws');
}

/** `%` stands for the bucket. */
const REFUSALS: Readonly<Record<string, readonly [RemoteErrorCode, string]>> = {
  NoSuchBucket: ['not-found', 'there is no bucket "%" at this endpoint'],
  NoSuchKey: ['not-found', 'there is no such object in the bucket'],
  ExpiredToken: ['expired-credentials', 'the credentials have expired: get new ones and run it again'],
  TokenRefreshRequired: ['expired-credentials', 'the credentials have expired: get new ones and run it again'],
  RequestExpired: ['expired-credentials', 'the signed request has expired: get a new one and run it again'],
  InvalidAccessKeyId: ['no-permission', 'the access key is not known to the server'],
  InvalidToken: ['no-permission', 'the session token is not known to the server'],
  SignatureDoesNotMatch: ['no-permission', 'the secret key does not belong to the access key'],
  AuthorizationHeaderMalformed: [
    'no-permission',
    'requests must be signed for the region of the bucket: set AWS_REGION',
  ],
  RequestTimeTooSkewed: ['no-permission', "this machine's clock is too far from the server's"],
  PreconditionFailed: ['changed', 'it changed while it was read'],
  InvalidObjectState: ['no-permission', 'it is archived and must be restored before it can be read'],
};
