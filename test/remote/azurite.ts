import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { AZURITE_BLOB } from '../../scripts/setup/azurite.mjs';

/** The account that every Azurite has, as its documentation publishes it. */
export const ACCOUNT = 'devstoreaccount1';
export const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** A blob service on 127.0.0.1 that keeps everything in memory. Signs by itself: what signs in the product is under test. */
export class Azurite {
  private constructor(
    private readonly child: ChildProcess,
    readonly endpoint: string,
  ) {}

  static async start(): Promise<Azurite> {
    const options = ['--blobHost', '127.0.0.1', '--blobPort', '0', '--inMemoryPersistence', '--silent'];
    const quiet = ['--disableTelemetry', '--skipApiVersionCheck'];
    const child = spawn(process.execPath, [AZURITE_BLOB, ...options, ...quiet], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const origin = await new Promise<string>((resolve, reject) => {
      const onText = (text: Buffer): void => {
        said += String(text);
        const found = /listens? (?:on|at) (http:\/\/127\.0\.0\.1:\d+)/i.exec(said)?.[1];
        if (found !== undefined) resolve(found);
      };
      child.stdout.on('data', onText);
      child.stderr.on('data', onText);
      child.on('exit', () => {
        reject(new Error(`Azurite ended: ${said}`));
      });
    });
    return new Azurite(child, `${origin}/${ACCOUNT}`);
  }

  get connectionString(): string {
    return `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${KEY};BlobEndpoint=${this.endpoint};`;
  }

  async makeContainer(name: string): Promise<void> {
    await this.#put(`/${name}`, '?restype=container', new Uint8Array(0), {});
  }

  async upload(container: string, blob: string, bytes: Uint8Array): Promise<void> {
    const path = blob.split('/').map(encodeURIComponent).join('/');
    await this.#put(`/${container}/${path}`, '', bytes, { 'x-ms-blob-type': 'BlockBlob' });
  }

  /** A shared access signature to read and list a container (service SAS, 2018-11-09 and later). */
  signature(container: string, ends: Date): string {
    const [sv, se, sp, sr] = ['2020-12-06', ends.toISOString().replace(/\.\d+Z/, 'Z'), 'rl', 'c'];
    const fields = [sp, '', se, `/blob/${ACCOUNT}/${container}`, '', '', '', sv, sr, '', '', '', '', '', '', ''];
    const sig = hmac(fields.join('\n'));
    return new URLSearchParams({ sv, se, sp, sr, sig }).toString();
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
  }

  async #put(path: string, query: string, bytes: Uint8Array, more: Readonly<Record<string, string>>): Promise<void> {
    const headers: Record<string, string> = {
      ...more,
      'x-ms-date': new Date().toUTCString(),
      'x-ms-version': '2020-10-02',
    };
    const own = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
    const { pathname } = new URL(this.endpoint);
    const text = [
      'PUT',
      ...['', '', bytes.length === 0 ? '' : String(bytes.length), '', '', '', '', '', '', '', ''],
      `${own.map(([name, value]) => `${name}:${value}\n`).join('')}/${ACCOUNT}${pathname}${path}${query.replace('?', '\n').replace('=', ':')}`,
    ].join('\n');
    headers['authorization'] = `SharedKey ${ACCOUNT}:${hmac(text)}`;
    const response = await fetch(`${this.endpoint}${path}${query}`, {
      method: 'PUT',
      headers,
      body: Buffer.from(bytes),
    });
    if (!response.ok) throw new Error(`PUT ${path}: ${response.status} ${await response.text()}`);
  }
}

function hmac(text: string): string {
  return createHmac('sha256', Buffer.from(KEY, 'base64')).update(text, 'utf8').digest('base64');
}
