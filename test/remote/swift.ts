import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsClient } from 'aws4fetch';

export const ACCESS_KEY = 'test:tester';
export const SECRET_KEY = 'testing';

/** OpenStack Swift with its S3 interface: proxy, account, container and object server and memcached, all on 127.0.0.1. */
export class Swift {
  readonly #client = new AwsClient({
    accessKeyId: ACCESS_KEY,
    secretAccessKey: SECRET_KEY,
    service: 's3',
    region: 'us-east-1',
    retries: 0,
  });

  private constructor(
    readonly endpoint: string,
    private readonly folder: string,
    private readonly children: readonly ChildProcess[],
  ) {}

  static async start(): Promise<Swift> {
    const folder = mkdtempSync(join(tmpdir(), 'redzone-swift-'));
    const [proxy, account, container, object, cache] = await freePorts(5);
    mkdirSync(join(folder, 'devices/d1'), { recursive: true });
    writeFileSync(
      join(folder, 'swift.conf'),
      '[swift-hash]\nswift_hash_path_suffix = a\nswift_hash_path_prefix = b\n[storage-policy:0]\nname = only\ndefault = yes\n',
    );
    for (const [type, port] of [
      ['account', account],
      ['container', container],
      ['object', object],
    ] as const) {
      const ring = join(folder, `${type}.builder`);
      execFileSync('swift-ring-builder', [ring, 'create', '4', '1', '1']);
      execFileSync('swift-ring-builder', [ring, 'add', `r1z1-127.0.0.1:${port}/d1`, '1']);
      execFileSync('swift-ring-builder', [ring, 'rebalance']);
      const servers = `[pipeline:main]\npipeline = ${type}-server\n[app:${type}-server]\nuse = egg:swift#${type}\n`;
      writeFileSync(join(folder, `${type}.conf`), `${common(folder, port)}${servers}`);
    }
    writeFileSync(join(folder, 'proxy.conf'), `${common(folder, proxy)}${pipeline(cache)}`);
    const run = (command: string, ...args: string[]): ChildProcess => spawn(command, args, { stdio: 'ignore' });
    const servers = ['account', 'container', 'object', 'proxy'];
    const swift = new Swift(`http://127.0.0.1:${proxy}`, folder, [
      run('memcached', '-u', 'nobody', '-l', '127.0.0.1', '-p', String(cache), '-m', '16'),
      ...servers.map((name) => run(`swift-${name}-server`, join(folder, `${name}.conf`))),
    ]);
    await swift.#ready();
    return swift;
  }

  async makeBucket(name: string): Promise<void> {
    await this.#put(`/${name}`);
  }

  async upload(bucket: string, key: string, bytes: Uint8Array): Promise<void> {
    await this.#put(`/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`, bytes);
  }

  async stop(): Promise<void> {
    for (const child of this.children) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode !== null || !child.kill('SIGTERM')) continue;
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #put(path: string, bytes?: Uint8Array): Promise<void> {
    const body = bytes === undefined ? null : Buffer.from(bytes);
    const response = await this.#client.fetch(`${this.endpoint}${path}`, { method: 'PUT', body });
    if (!response.ok) throw new Error(`PUT ${path}: ${response.status} ${await response.text()}`);
  }

  /** Python takes its time on a busy machine. */
  async #ready(): Promise<void> {
    const end = Date.now() + 90_000;
    for (;;) {
      try {
        await this.makeBucket('ready');
        return;
      } catch (error) {
        if (Date.now() > end) {
          await this.stop();
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }
  }
}

function common(folder: string, port: number): string {
  const settings = [
    'bind_ip = 127.0.0.1',
    `bind_port = ${port}`,
    'user = root',
    `swift_dir = ${folder}`,
    'workers = 0',
  ];
  const device = [`devices = ${join(folder, 'devices')}`, 'mount_check = false', 'log_address = /nonexistent'];
  return `[DEFAULT]\n${[...settings, ...device].join('\n')}\n`;
}

function pipeline(cache: number): string {
  return `[pipeline:main]
pipeline = catch_errors cache s3api tempauth proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
error_suppression_limit = 1000000
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:${cache}
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = ${SECRET_KEY} .admin
`;
}

type Ports = [number, number, number, number, number];

async function freePorts(count: Ports['length']): Promise<Ports> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.once('listening', () => {
            resolve((server.address() as AddressInfo).port);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports as Ports;
}
