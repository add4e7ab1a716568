import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../../../src/io/remote/proxies.js';

function proxy(address: string, variables: Record<string, string>): string | undefined {
  return proxyFor(new URL(address), { variable: (name) => variables[name] })?.href;
}

const BOTH = { http_proxy: 'http://web:3128', HTTPS_PROXY: 'tunnel:8080' };

describe('the proxy for an address', () => {
  it('is the one of its kind, or the one for all', () => {
    expect(proxy('http://a.test/x', BOTH)).toBe('http://web:3128/');
    expect(proxy('https://a.test/x', BOTH)).toBe('http://tunnel:8080/');
    expect(proxy('https://a.test/x', { ALL_PROXY: 'http://all:1' })).toBe('http://all:1/');
    expect(proxy('https://a.test/x', {})).toBeUndefined();
  });

  it.each([
    ['a.test', 'https://a.test/', true],
    ['a.test', 'https://b.a.test/', true],
    ['.a.test', 'https://b.a.test/', true],
    ['*.a.test', 'https://b.a.test/', true],
    ['a.test', 'https://ba.test/', false],
    ['x.test, a.test', 'https://a.test/', true],
    ['a.test:444', 'https://a.test/', false],
    ['a.test:443', 'https://a.test/', true],
    ['*', 'https://a.test/', true],
    ['10.0.0.0/8', 'https://10.1.2.3/', true],
    ['10.0.0.0/8', 'https://11.1.2.3/', false],
    ['10.0.0.0/99', 'https://10.1.2.3/', false],
    ['169.254.169.254', 'http://169.254.169.254/', true],
    ['fd00::/8', 'https://[fd00::1]/', true],
    ['::2', 'https://[::2]/', true],
  ])('is none for NO_PROXY=%s and %s: %s', (list, address, exempt) => {
    expect(proxy(address, { ...BOTH, NO_PROXY: list }) === undefined).toBe(exempt);
  });

  it('is none for this machine', () => {
    for (const host of ['localhost', '127.0.0.1', '[::1]', 'a.localhost'])
      expect(proxy(`http://${host}:9/`, BOTH)).toBeUndefined();
  });
});
