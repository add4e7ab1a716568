import { BlockList, isIP } from 'node:net';
import type { Environment } from './environment.js';

/**
 * The proxy for an address, as curl(1) reads the environment: http_proxy, https_proxy, all_proxy and no_proxy, in small letters or
 * capitals. Nothing on this machine goes through one.
 *
 * @returns `undefined` when the address is to be asked directly
 */
export function proxyFor(url: URL, { variable }: Pick<Environment, 'variable'>): URL | undefined {
  const either = (name: string): string | undefined => variable(name) ?? variable(name.toUpperCase());
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (isOfThisMachine(host)) return undefined;
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  if (isExempt(host, port, either('no_proxy') ?? '')) return undefined;
  const proxy = either(`${url.protocol.slice(0, -1)}_proxy`) ?? either('all_proxy');
  if (proxy === undefined) return undefined;
  try {
    return new URL(/^[a-z]\w*:\/\//i.test(proxy) ? proxy : `http://${proxy}`);
  } catch {
    return undefined;
  }
}

function isOfThisMachine(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\./.test(host);
}

/** `*`, names with all below them, addresses and networks (10.0.0.0/8), each with a port or without. */
function isExempt(host: string, port: string, list: string): boolean {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      if (entry.includes('/')) return isInNetwork(host, entry);
      const [, name = entry, only] = /^(.*?):(\d+)$/.exec(isIP(entry) === 6 ? '' : entry) ?? [];
      if (only !== undefined && only !== port) return false;
      const plain = name.replace(/^\*?\./, '').replace(/^\[|\]$/g, '');
      return host === plain || (isIP(plain) === 0 && host.endsWith(`.${plain}`));
    });
}

function isInNetwork(host: string, entry: string): boolean {
  const version = isIP(host);
  const [network = '', bits = ''] = entry.split('/');
  if (version === 0 || isIP(network) !== version) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const block = new BlockList();
  try {
    block.addSubnet(network, Number(bits), family);
  } catch {
    return false;
  }
  return block.check(host, family);
}
