import type { HttpAnswer, HttpCall } from './httpExchange.js';
import type { ObjectStore, StoredObject } from './objectStore.js';
import { RangedObject } from './rangedObject.js';
import { RemoteError } from './remoteError.js';
import { type Protocol, Requester } from './requester.js';
import type { RetryPolicy } from './retries.js';
import { shownAddress } from './shownAddress.js';

/** One address of a web server: a file, or, where it ends in `/`, an index page whose links below it are files and folders. */
export function httpStore(address: string, policy?: RetryPolicy): ObjectStore {
  const root = parsed(address);
  const authorization = basicAuthorization(root);
  root.username = root.password = '';
  const requester = new Requester(protocolOf(root, authorization), policy);
  return {
    list: (signal) => (root.pathname.endsWith('/') ? walk(root, requester, signal) : single(root, requester)),
    // What was named may need its query, which its source does not show.
    object: (source) => objectAt(source === shownAddress(root.href) ? root : new URL(source), requester, false),
    close: () => {
      requester.close();
    },
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- a listing of one needs no request
async function* single(url: URL, requester: Requester): AsyncGenerator<StoredObject, void> {
  yield objectAt(url, requester, true);
}

/** Deeper folders and more files than these are taken for a server that makes up its pages. */
const DEEPEST = 16;
const MOST_FILES = 1_000_000;
const LARGEST_PAGE = 32 * 2 ** 20;

async function* walk(
  root: URL,
  requester: Requester,
  signal: AbortSignal | undefined,
): AsyncGenerator<StoredObject, void> {
  const waiting: { url: URL; depth: number }[] = [{ url: root, depth: 0 }];
  const seen = new Set<string>([root.href]);
  let files = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const folders: { url: URL; depth: number }[] = [];
    for (const url of await linksOf(next.url, requester, signal)) {
      if (seen.has(url.href)) continue;
      seen.add(url.href);
      if (!url.pathname.endsWith('/')) {
        if (++files > MOST_FILES)
          throw new RemoteError('server-error', `its index lists more than ${MOST_FILES} files`);
        yield objectAt(url, requester, false);
      } else if (next.depth < DEEPEST) folders.push({ url, depth: next.depth + 1 });
    }
    waiting.push(...folders.reverse());
  }
}

/** What an index page links to below itself. */
async function linksOf(page: URL, requester: Requester, signal: AbortSignal | undefined): Promise<URL[]> {
  const call: HttpCall = { method: 'GET', url: page, headers: { 'accept-encoding': 'identity', accept: 'text/html' } };
  const { body, headers } = await requester.whole(call, LARGEST_PAGE, { requests: 0, bytes: 0 }, signal);
  if (!/html/i.test(headers['content-type'] ?? ''))
    throw new RemoteError('not-found', 'the address ends in "/" but no index page with links answers there');
  const links: URL[] = [];
  for (const [, , quoted, bare] of new TextDecoder()
    .decode(body)
    .matchAll(/<a\s[^>]*?href\s*=\s*(?:(["'])(.*?)\1|([^\s>]+))/gi)) {
    let url;
    try {
      url = new URL((quoted ?? bare ?? '').replace(/&amp;/g, '&'), page);
    } catch {
      continue;
    }
    // Links to sort the page, to the parent and to elsewhere are not below it.
    const below =
      url.origin === page.origin && url.pathname.startsWith(page.pathname) && url.pathname !== page.pathname;
    if (!below || url.search !== '') continue;
    url.hash = '';
    links.push(url);
  }
  return links.sort((a, b) => (a.href < b.href ? -1 : 1));
}

function objectAt(url: URL, requester: Requester, named: boolean): StoredObject {
  const last = url.pathname.slice(url.pathname.lastIndexOf('/') + 1);
  return {
    source: shownAddress(url.href),
    name: decoded(last),
    named,
    open: (prefix, signal) => RangedObject.open({ requester, url }, prefix, signal),
  };
}

function protocolOf(root: URL, authorization: string | undefined): Protocol {
  return {
    authorize: (call) =>
      // Never to another server, wherever a redirection leads.
      authorization === undefined || call.url.origin !== root.origin
        ? call
        : { ...call, headers: { ...call.headers, authorization } },
    explain: () => undefined,
    redirect: redirected,
  };
}

function redirected({ status, headers }: HttpAnswer, call: HttpCall): HttpCall | undefined {
  const location = headers['location'];
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  try {
    const url = new URL(location, call.url);
    const secure = call.url.protocol === 'http:' || url.protocol === 'https:';
    return secure && /^https?:$/.test(url.protocol) ? { ...call, url } : undefined;
  } catch {
    return undefined;
  }
}

function basicAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`;
}

function parsed(address: string): URL {
  try {
    return new URL(address);
  } catch {
    throw new RemoteError('bad-address', 'it is not a valid address');
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
