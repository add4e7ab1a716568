import { sharedKeyAuthorization } from './azureSharedKey.js';
import type { AzureSettings } from './azureSettings.js';
import { Renewed } from './credentials/renewed.js';
import type { HttpAnswer } from './httpExchange.js';
import { belongsTo, encodedKey, encodedPart, isNameOfObject, keyAddress } from './objectKeys.js';
import type { ObjectStore, StoredObject } from './objectStore.js';
import { RangedObject } from './rangedObject.js';
import { RemoteError, type RemoteErrorCode } from './remoteError.js';
import { type Protocol, Requester } from './requester.js';
import type { RetryPolicy } from './retries.js';
import { xmlElements, xmlText } from './xmlElements.js';

/**
 * A container of Azure Blob storage, by REST.
 *
 * @param address `az://container/key`, or `https://ACCOUNT.blob.core.windows.net/container/key`, with a shared access signature as its
 *   query or without
 * @throws RemoteError
 */
export function azureStore(address: string, settings: AzureSettings | undefined, policy?: RetryPolicy): ObjectStore {
  return /^https?:/i.test(address) ? byUrl(address, settings, policy) : byContainer(address, settings, policy);
}

function byContainer(
  address: string,
  settings: AzureSettings | undefined,
  policy: RetryPolicy | undefined,
): ObjectStore {
  const { container, key } = keyAddress(address, 'container');
  if (settings === undefined)
    throw new RemoteError(
      'no-permission',
      'the storage account is not known: set AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT with AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN',
    );
  return new Container({ shown: `az://${container}/`, container, named: key, settings }, policy);
}

function byUrl(address: string, known: AzureSettings | undefined, policy: RetryPolicy | undefined): ObjectStore {
  const url = new URL(address);
  // An emulator, or another server than Azure's, has the account as the first part of the path.
  const endpoint = known !== undefined && address.startsWith(`${known.endpoint}/`) ? known.endpoint : url.origin;
  const account = url.hostname.split('.')[0] ?? '';
  const rest = `${url.origin}${url.pathname}`.slice(endpoint.length).replace(/^\/+/, '');
  const slash = rest.indexOf('/');
  const container = decoded(slash < 0 ? rest : rest.slice(0, slash));
  if (container === '') throw new RemoteError('bad-address', 'the address names no container');
  const own = known !== undefined && known.endpoint === endpoint;
  const settings: AzureSettings = {
    account: own ? known.account : account,
    endpoint,
    ...(url.search !== '' ? { signature: url.search.slice(1) } : own ? credentialsOf(known) : {}),
  };
  const named = slash < 0 ? '' : decoded(rest.slice(slash + 1));
  return new Container({ shown: `${endpoint}/${container}/`, container, named, settings }, policy);
}

function credentialsOf({ key, signature, token }: AzureSettings): Pick<AzureSettings, 'key' | 'signature' | 'token'> {
  return {
    ...(key === undefined ? {} : { key }),
    ...(signature === undefined ? {} : { signature }),
    ...(token === undefined ? {} : { token }),
  };
}

interface ContainerAddress {
  /** What the `source` of its objects begins with. */
  readonly shown: string;
  readonly container: string;
  readonly named: string;
  readonly settings: AzureSettings;
}

class Container implements ObjectStore {
  readonly #requester: Requester;

  constructor(
    private readonly at: ContainerAddress,
    policy: RetryPolicy | undefined,
  ) {
    this.#requester = new Requester(protocolOf(at), policy);
  }

  async *list(signal?: AbortSignal): AsyncGenerator<StoredObject, void> {
    const { named } = this.at;
    let marker = '';
    let found = 0;
    do {
      const page = await this.#page(marker, signal);
      for (const entry of page?.entries ?? []) {
        if (!belongsTo(entry.key, named) || entry.key.endsWith('/')) continue;
        found++;
        yield this.#object(entry);
      }
      const next = page?.next ?? '';
      if (next !== '' && next === marker)
        throw new RemoteError('server-error', 'the listing does not go on: the server repeats its page');
      marker = next;
    } while (marker !== '');
    if (found === 0 && isNameOfObject(named)) yield this.#object({ key: named });
  }

  object(source: string): StoredObject {
    return this.#object({ key: source.slice(this.at.shown.length) });
  }

  close(): void {
    this.#requester.close();
  }

  /** `undefined` when listing is not allowed but the address may name a blob, which may be. */
  async #page(marker: string, signal: AbortSignal | undefined): Promise<Page | undefined> {
    const { named } = this.at;
    const query = {
      restype: 'container',
      comp: 'list',
      ...(named === '' ? {} : { prefix: named }),
      ...(marker === '' ? {} : { marker }),
      ...(this.at.settings.pageSize === undefined ? {} : { maxresults: String(this.at.settings.pageSize) }),
    };
    const url = this.#url('');
    url.search = Object.entries(query)
      .map(([name, value]) => `${name}=${encodedPart(value)}`)
      .join('&');
    try {
      const tally = { requests: 0, bytes: 0 };
      const { body } = await this.#requester.whole({ method: 'GET', url, headers: {} }, LARGEST_PAGE, tally, signal);
      return pageOf(new TextDecoder().decode(body));
    } catch (error) {
      const single = isNameOfObject(named) && marker === '';
      if (single && error instanceof RemoteError && error.code === 'no-permission') return undefined;
      throw error;
    }
  }

  #object({ key, size, etag, modified }: Entry): StoredObject {
    return {
      source: `${this.at.shown}${key}`,
      name: key.slice(key.lastIndexOf('/') + 1),
      named: key === this.at.named,
      ...(size === undefined ? {} : { size }),
      ...(etag === undefined ? {} : { etag }),
      ...(modified === undefined ? {} : { modified }),
      open: async (prefix, signal) =>
        RangedObject.open({ requester: this.#requester, url: this.#url(`/${encodedKey(key)}`) }, prefix, signal),
    };
  }

  #url(path: string): URL {
    return new URL(`${this.at.settings.endpoint}/${encodedPart(this.at.container)}${path}`);
  }
}

const VERSION = '2021-12-02';
const LARGEST_PAGE = 32 * 2 ** 20;

function protocolOf({ settings, container }: ContainerAddress): Protocol {
  const tokens = settings.token === undefined ? undefined : new Renewed(settings.token);
  return {
    authorize: async (call) => {
      const headers = { ...call.headers, 'x-ms-version': VERSION, 'x-ms-date': new Date().toUTCString() };
      if (settings.signature !== undefined) {
        const url = new URL(call.url);
        url.search = [url.search.slice(1), settings.signature].filter((part) => part !== '').join('&');
        return { ...call, url, headers };
      }
      if (settings.key === undefined) {
        if (tokens === undefined) return { ...call, headers };
        const { token } = await tokens.get();
        return { ...call, headers: { ...headers, authorization: `Bearer ${token}` } };
      }
      const authorization = sharedKeyAuthorization({ ...call, headers }, settings.account, settings.key);
      return { ...call, headers: { ...headers, authorization } };
    },
    explain: (answer) => explained(answer, container, settings),
  };
}

interface Entry {
  readonly key: string;
  readonly size?: number;
  readonly etag?: string;
  readonly modified?: number;
}

interface Page {
  readonly entries: readonly Entry[];
  /** Empty at the end. */
  readonly next: string;
}

function pageOf(xml: string): Page {
  if (!xml.includes('<EnumerationResults'))
    throw new RemoteError('server-error', 'the answer to a listing is no list: is this a blob endpoint?');
  const entries = xmlElements(xml, 'Blob').map((blob): Entry => {
    const size = Number(xmlText(blob, 'Content-Length'));
    const etag = xmlText(blob, 'Etag');
    const modified = Date.parse(xmlText(blob, 'Last-Modified') ?? '');
    return {
      key: nameOf(blob),
      ...(Number.isFinite(size) ? { size } : {}),
      ...(etag === undefined ? {} : { etag }),
      ...(Number.isNaN(modified) ? {} : { modified }),
    };
  });
  return { entries, next: xmlText(xml, 'NextMarker') ?? '' };
}

/** Names that XML cannot hold come percent-encoded (List Blobs, from 2021-02-12 on). */
function nameOf(blob: string): string {
  const name = xmlText(blob, 'Name') ?? '';
  return /<Name\s[^>]*Encoded="true"/i.test(blob) ? decoded(name) : name;
}

/** The service's error codes ("Blob service error codes"), which stand in a header. */
function explained(
  { status, headers, body }: HttpAnswer,
  container: string,
  settings: AzureSettings,
): RemoteError | undefined {
  const text = new TextDecoder().decode(body);
  const code = headers['x-ms-error-code'] ?? xmlText(text, 'Code');
  const detail = xmlText(text, 'AuthenticationErrorDetail') ?? '';
  const known = REFUSALS[code ?? ''];
  if (known !== undefined) return new RemoteError(known[0], known[1].replace('%', container));
  if (status !== 401 && status !== 403) return undefined;
  if (
    settings.signature !== undefined &&
    (isPast(settings.signature) || /not valid in the specified time frame/i.test(detail))
  )
    return new RemoteError(
      'expired-credentials',
      'the shared access signature has expired: get a new one and run it again',
    );
  if (settings.signature === undefined && settings.key === undefined && settings.token === undefined)
    return new RemoteError(
      'no-permission',
      'it needs credentials, and none were found in the address or the environment',
    );
  return new RemoteError(
    'no-permission',
    code === 'AuthenticationFailed'
      ? `the server does not accept the ${settings.signature !== undefined ? 'shared access signature' : settings.key !== undefined ? 'account key' : "identity's token"}`
      : 'the credentials do not allow it (access denied)',
  );
}

/** `%` stands for the container. */
const REFUSALS: Readonly<Record<string, readonly [RemoteErrorCode, string]>> = {
  ContainerNotFound: ['not-found', 'there is no container "%" in the storage account'],
  ContainerBeingDeleted: ['not-found', 'the container "%" is being deleted'],
  BlobNotFound: ['not-found', 'there is no such blob in the container'],
  ConditionNotMet: ['changed', 'it changed while it was read'],
  BlobArchived: ['no-permission', 'it is archived and must be rehydrated before it can be read'],
};

function isPast(signature: string): boolean {
  const end = Date.parse(new URLSearchParams(signature).get('se') ?? '');
  return !Number.isNaN(end) && end < Date.now();
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
