import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server does to one request instead of serving it well. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number }
  /** The connection is reset, after so many bytes of the body. */
  | { readonly kind: 'reset'; readonly after: number }
  /** So many bytes, then silence. */
  | { readonly kind: 'stall'; readonly after: number }
  /** Says a length and sends fewer. */
  | { readonly kind: 'short'; readonly by: number }
  /** Serves the bytes of another file from now on. */
  | { readonly kind: 'change'; readonly to: Uint8Array };

export interface ServedFile {
  bytes: Uint8Array;
  etag?: string;
  readonly modified?: Date;
  /** Taken from the front, one for each request. */
  readonly faults?: (Fault | undefined)[];
  /** Is another file whenever a part of a known one is asked for. */
  readonly restless?: boolean;
  /** Answers every request with the whole. */
  readonly ignoresRange?: boolean;
}

export interface Seen {
  readonly path: string;
  readonly query: string;
  readonly range: string | undefined;
  readonly ifMatch: string | undefined;
  readonly authorization: string | undefined;
}

/** A web server on 127.0.0.1 that serves files in parts, with index pages, and fails where it is told to. */
export class FaultyServer {
  readonly files = new Map<string, ServedFile>();
  readonly redirects = new Map<string, string>();
  readonly seen: Seen[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response);
    });
  }

  static async start(): Promise<FaultyServer> {
    const faulty = new FaultyServer();
    await new Promise<void>((resolve) => faulty.#server.listen(0, '127.0.0.1', resolve));
    return faulty;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://x');
    const { range, authorization } = request.headers;
    this.seen.push({
      path: url.pathname,
      query: url.search,
      range,
      ifMatch: request.headers['if-match'],
      authorization,
    });
    const redirect = this.redirects.get(url.pathname);
    if (redirect !== undefined) {
      response.writeHead(302, { location: redirect }).end();
      return;
    }
    const file = this.files.get(decodeURIComponent(url.pathname));
    if (file !== undefined) this.#serve(file, request, response);
    else if (url.pathname.endsWith('/') && this.#below(url.pathname).length > 0)
      response.writeHead(200, { 'content-type': 'text/html' }).end(this.#index(url.pathname));
    else response.writeHead(404).end('no such file');
  }

  #serve(file: ServedFile, { headers }: IncomingMessage, response: ServerResponse): void {
    const fault = file.faults?.shift();
    if (fault?.kind === 'status') {
      response.writeHead(fault.status).end('sorry');
      return;
    }
    if (fault?.kind === 'change') {
      file.bytes = fault.to;
      file.etag = `"${fault.to.length}-changed"`;
    }
    const match = headers['if-match'];
    if (match !== undefined && file.restless === true) file.etag = `"${this.seen.length}"`;
    if (match !== undefined && file.etag !== undefined && match !== file.etag) {
      response.writeHead(412).end();
      return;
    }
    const common = {
      ...(file.etag === undefined ? {} : { etag: file.etag }),
      ...(file.modified === undefined ? {} : { 'last-modified': file.modified.toUTCString() }),
    };
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    const size = file.bytes.length;
    if (from === undefined || to === undefined || file.ignoresRange === true) {
      response.writeHead(200, { ...common, 'content-length': size }).end(file.bytes);
      return;
    }
    if (Number(from) >= size) {
      response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
      return;
    }
    const part = file.bytes.subarray(Number(from), Number(to) + 1);
    response.writeHead(206, {
      ...common,
      'content-range': `bytes ${from}-${Number(from) + part.length - 1}/${size}`,
      'content-length': part.length,
    });
    if (fault?.kind === 'reset')
      response.write(part.subarray(0, fault.after), () => response.socket?.resetAndDestroy());
    else if (fault?.kind === 'stall') response.write(part.subarray(0, fault.after));
    else if (fault?.kind === 'short')
      response.write(part.subarray(0, Math.max(0, part.length - fault.by)), () => response.socket?.end());
    else response.end(part);
  }

  #below(folder: string): string[] {
    return [...this.files.keys()].filter((path) => path.startsWith(decodeURIComponent(folder)));
  }

  /** As web servers make them: the parent and links to sort come first. */
  #index(folder: string): string {
    const names = new Set(
      this.#below(folder).map((path) => {
        const rest = path.slice(decodeURIComponent(folder).length);
        return rest.includes('/') ? rest.slice(0, rest.indexOf('/') + 1) : rest;
      }),
    );
    const links = [...names].map((name) => `<li><a href="${encodeURIComponent(name).replace('%2F', '/')}">a</a>`);
    return `<html><a href="?C=M;O=A">sort</a><a href="../">up</a><a href="https://example.org/x.core">other</a>${links.join('')}</html>`;
  }
}
