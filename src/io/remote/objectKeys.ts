import { RemoteError } from './remoteError.js';

/** Part of an address of the form `scheme://container/key`. */
export interface KeyAddress {
  readonly container: string;
  /** Empty for the whole container. Not percent-decoded: keys are written as they are. */
  readonly key: string;
}

/** @throws RemoteError */
export function keyAddress(address: string, container: string): KeyAddress {
  const match = /^[a-z0-9]+:\/\/([^/?#]+)(?:\/(.*))?$/is.exec(address);
  if (match?.[1] === undefined) throw new RemoteError('bad-address', `the address names no ${container}`);
  return { container: match[1], key: match[2] ?? '' };
}

/**
 * A key as the path of a URL. What the generic syntax reserves is encoded too, since signatures are made over exactly this form.
 *
 * @throws RemoteError for keys that no URL can name, since every client would resolve their dots
 */
export function encodedKey(key: string): string {
  const parts = key.split('/');
  if (parts.some((part) => part === '.' || part === '..'))
    throw new RemoteError('bad-address', 'its key has "." or ".." between slashes, which no URL can name');
  return parts.map(encodedPart).join('/');
}

/** RFC 3986: everything but letters, digits and `-._~`. */
export function encodedPart(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Anything but a whole container or a folder. */
export function isNameOfObject(named: string): boolean {
  return named !== '' && !named.endsWith('/');
}

/** What a key that was named stands for: itself, and what lies below it as a folder; never its namesakes with a longer name. */
export function belongsTo(key: string, named: string): boolean {
  return named === '' || named.endsWith('/') ? key.startsWith(named) : key === named || key.startsWith(`${named}/`);
}
