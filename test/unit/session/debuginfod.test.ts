import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decompress } from 'fzstd';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bytesSource } from '../../../src/engine/base/byteSource.js';
import { ModuleImage } from '../../../src/engine/modules/moduleImage.js';
import { DebuginfodCache, debuginfodCacheFolder } from '../../../src/io/debuginfod/debuginfodCache.js';
import { DebuginfodClient } from '../../../src/io/debuginfod/debuginfodClient.js';
import { DebuginfodFiles, debuginfodServers } from '../../../src/session/debuginfod.js';
import { createInThreadSession } from '../../../src/session/inThreadSession.js';
import { Triage } from '../../../src/session/triage.js';
import type { CoreRow } from '../../../src/shared/report.js';

const FIXTURES = new URL('../../fixtures/', import.meta.url);
const fixture = (name: string): Uint8Array => decompress(readFileSync(new URL(name, FIXTURES)));

const PROGRAM = fixture('sysroot/debuglink-db7d81a2.zst');
const FILES: readonly { readonly kind: string; readonly bytes: Uint8Array }[] = [
  { kind: 'executable', bytes: PROGRAM },
  { kind: 'debuginfo', bytes: fixture('sysroot/debuglink.debug-db7d81a2.zst') },
  { kind: 'executable', bytes: fixture('sysroot/libc.so.6-93ac61ec.zst') },
];
const idOf = (bytes: Uint8Array): string => ModuleImage.open('x', bytesSource(bytes))?.buildId ?? '';
const ID = idOf(PROGRAM);

/** What a server on the loopback answers, by `/buildid/ID/KIND`. */
type Answer = Uint8Array | ((response: ServerResponse) => void);

let folder: string;
let server: Server;
let url: string;
let asked: string[];
let answers: Map<string, Answer>;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const answer = answers.get(path);
    if (answer === undefined) response.writeHead(404).end('not found');
    else if (typeof answer === 'function') answer(response);
    else response.writeHead(200, { 'content-length': answer.length }).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'redzone-debuginfod-'));
  mkdirSync(join(folder, 'root'));
  writeFileSync(join(folder, 'a.core'), fixture('cores/debuglink/core.zst'));
  asked = [];
  answers = new Map(FILES.map(({ kind, bytes }) => [`/buildid/${idOf(bytes)}/${kind}`, bytes]));
  environment = { ...process.env };
  process.env['DEBUGINFOD_CACHE_PATH'] = join(folder, 'cache');
});
afterEach(() => {
  process.env = environment;
  rmSync(folder, { recursive: true, force: true });
});

/** The row of the core with an empty system root: what is known of its files comes from servers. */
async function row(servers?: readonly string[]): Promise<CoreRow> {
  const sysroot = join(folder, 'root');
  const triage = new Triage({ sysroot, ...(servers === undefined ? {} : { debuginfod: servers }) });
  try {
    return (await triage.coreOf({ source: join(folder, 'a.core') }, {})).row;
  } finally {
    triage.dispose();
  }
}

const linesOf = ({ frames }: CoreRow): string[] =>
  (frames ?? []).flatMap(({ function: name, line }) =>
    name === undefined || line === undefined ? [] : [`${name}:${line}`],
  );

describe('files from debuginfod servers', () => {
  it('are never asked for unless the user names a server, whatever the environment says', async () => {
    process.env['DEBUGINFOD_URLS'] = url;
    expect(linesOf(await row())).toEqual([]);
    expect(asked).toEqual([]);
    // The very same servers, once they are asked for.
    expect(linesOf(await row(['env']))).toContain('price:16');
  });

  it('give the stack its functions and lines, and are kept where every client looks', async () => {
    const first = await row([`${url}/`]);
    expect(linesOf(first).slice(0, 3)).toEqual(['surcharge:8', 'price:16', 'price_all:23']);
    expect(first.frames?.at(-1)?.function).toBe('_start');
    const kept = join(folder, 'cache', ID);
    expect(readFileSync(join(kept, 'executable')).equals(PROGRAM)).toBe(true);
    expect(readdirSync(kept).sort()).toEqual(['debuginfo', 'executable']);
    // Nothing is fetched twice.
    expect(new Set(asked).size).toBe(asked.length);
    const before = asked.length;
    expect(linesOf(await row([url]))).toEqual(linesOf(first));
    expect(asked.slice(before).filter((path) => path.includes(ID))).toEqual([]);
  });

  it('are asked for only where the stack runs through them', async () => {
    await row([url]);
    const loader = idOf(fixture('sysroot/ld-linux-x86-64.so.2-7ebc65e5.zst'));
    expect(loader).toMatch(/^[0-9a-f]{40}$/);
    expect(asked.filter((path) => path.includes(loader))).toEqual([]);
  });

  it('of another build are refused and named', async () => {
    answers.set(`/buildid/${ID}/executable`, fixture('sysroot/abort-482c3738.zst'));
    const { problems, frames } = await row([url]);
    expect(problems.find(({ code }) => code === 'binary-mismatch')?.message).toContain(ID);
    expect(frames?.[0]?.function).not.toBe('price');
  });

  it('come from the next server when one does not have them', async () => {
    answers.set(`/one/buildid/${ID}/executable`, (response) => response.writeHead(404).end());
    expect(linesOf(await row([`${url}/one`, url]))).toContain('price:16');
    expect(asked).toContain(`/one/buildid/${ID}/executable`);
  });

  it('are given up when the server stops sending, and the core opens with what there is', async () => {
    const cache = new DebuginfodCache(join(folder, 'cache'));
    const client = new DebuginfodClient([url], cache, { stalled: 200, largest: 1e9 });
    answers.set(`/buildid/${ID}/executable`, (response) => response.writeHead(200).write(PROGRAM.subarray(0, 5000)));
    const outcome = await client.fetch(ID, 'executable');
    expect(outcome).toMatchObject({
      kind: 'failed',
      reasons: [expect.stringContaining('nothing came for 0.2 seconds')],
    });
    expect(readdirSync(join(folder, 'cache', ID))).toEqual([]);
    // Nor is it asked again, and it is not taken for a server that does not have the file.
    await client.fetch(ID, 'debuginfo');
    expect(asked).toHaveLength(1);
    expect(cache.isKnownMissing(ID, 'executable')).toBe(false);
  });

  it('that cannot be asked are told among the problems of the core, which is whole', async () => {
    const closed = 'http://127.0.0.1:9';
    const session = createInThreadSession();
    const core = await session.open(join(folder, 'a.core'), { sysroot: join(folder, 'root'), debuginfod: [closed] });
    const { problems, status } = await core.ask('summary', {});
    expect(problems.map(({ code, message }) => `${code}: ${message}`)).toContainEqual(
      expect.stringMatching(/^debuginfod: http:\/\/127\.0\.0\.1:9 cannot be asked: /),
    );
    expect(status).toBe('ok');
    await session.dispose();
    expect((await row([closed])).problems.map(({ code }) => code)).toEqual(['debuginfod']);
  });

  it.each<[string, Answer, RegExp]>([
    ['a page instead of a file', new TextEncoder().encode('<html>please log in</html>'), /no ELF file/],
    ['nothing', new Uint8Array(0), /empty/],
    ['an error', (response) => response.writeHead(500).end('oops'), /answered 500/],
    ['too much', Buffer.concat([Buffer.from('\x7fELF'), new Uint8Array(2_000_000)]), /larger than/],
    [
      'half of it',
      (response) =>
        response.writeHead(200, { 'content-length': 9000 }).end(PROGRAM.subarray(0, 5000), () => response.destroy()),
      /cannot be asked/,
    ],
  ])('are not kept when the server gives %s', async (_, answer, reason) => {
    answers.set(`/buildid/${ID}/executable`, answer);
    const cache = new DebuginfodCache(join(folder, 'cache'));
    const client = new DebuginfodClient([url], cache, { stalled: 2000, largest: 1_000_000 });
    expect(await client.fetch(ID, 'executable')).toMatchObject({ reasons: [expect.stringMatching(reason)] });
    expect(cache.find(ID, 'executable')).toBeUndefined();
    expect(existsSync(join(folder, 'cache', ID)) ? readdirSync(join(folder, 'cache', ID)) : []).toEqual([]);
  });

  it('are awaited no longer once the user cancels; the core opens all the same', async () => {
    const cancelled = new AbortController();
    answers.set(`/buildid/${ID}/executable`, (response) => {
      response.writeHead(200, { 'content-length': PROGRAM.length }).write(PROGRAM.subarray(0, 5000));
    });
    const session = createInThreadSession();
    const options = { sysroot: join(folder, 'root'), debuginfod: [url] };
    const core = await session.open(join(folder, 'a.core'), options, {
      signal: cancelled.signal,
      progress: () => {
        cancelled.abort();
      },
    });
    expect((await core.ask('summary', {})).status).toBe('ok');
    expect(readdirSync(join(folder, 'cache', ID))).toEqual([]);
    expect(asked).toHaveLength(1);
    await session.dispose();
  });

  it('tell how far they are', async () => {
    const told: number[] = [];
    const session = createInThreadSession();
    const options = { sysroot: join(folder, 'root'), debuginfod: [url] };
    await session.open(join(folder, 'a.core'), options, { progress: (done) => told.push(done) });
    expect(told.at(-1)).toBe(1);
    expect(told.every((done) => done >= 0 && done <= 1)).toBe(true);
    await session.dispose();
  });
});

describe('the cache that all debuginfod clients share', () => {
  it('remembers what no server has, for ten minutes or as it says itself', async () => {
    const cache = new DebuginfodCache(join(folder, 'cache'));
    const client = new DebuginfodClient([url], cache);
    const other = 'ab'.repeat(20);
    const miss = join(folder, 'cache', other, 'debuginfo');
    const age = (seconds: number): void => {
      const then = Date.now() / 1000 - seconds;
      utimesSync(miss, then, then);
    };
    expect(await client.fetch(other, 'debuginfo')).toEqual({ kind: 'missing' });
    expect(statSync(miss).size).toBe(0);
    await client.fetch(other, 'debuginfo');
    age(590);
    await client.fetch(other, 'debuginfo');
    expect(asked).toHaveLength(1);
    age(610);
    await client.fetch(other, 'debuginfo');
    expect(asked).toHaveLength(2);
    writeFileSync(join(folder, 'cache', 'cache_miss_s'), '5\n');
    age(6);
    await client.fetch(other, 'debuginfo');
    expect(asked).toHaveLength(3);
  });

  it('is used without a question when the file is there, as another client left it', () => {
    mkdirSync(join(folder, 'cache', ID), { recursive: true });
    writeFileSync(join(folder, 'cache', ID, 'executable'), PROGRAM);
    const files = new DebuginfodFiles(new DebuginfodClient([url], new DebuginfodCache(join(folder, 'cache'))));
    expect(files.find(ID, 'executable')).toBe(join(folder, 'cache', ID, 'executable'));
    expect(files.find('../../etc', 'executable')).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('lies where the environment says', () => {
    const home = join(folder, 'home');
    expect(debuginfodCacheFolder({ DEBUGINFOD_CACHE_PATH: '/c', XDG_CACHE_HOME: '/x' }, home)).toBe('/c');
    expect(debuginfodCacheFolder({ XDG_CACHE_HOME: '/x' }, home)).toBe('/x/debuginfod_client');
    expect(debuginfodCacheFolder({}, home)).toBe(join(home, '.cache/debuginfod_client'));
    mkdirSync(join(home, '.debuginfod_client_cache'), { recursive: true });
    expect(debuginfodCacheFolder({ XDG_CACHE_HOME: '/x' }, home)).toBe(join(home, '.debuginfod_client_cache'));
  });

  it('takes addresses of servers only', () => {
    expect(debuginfodServers(['env', 'file:///etc', 'https://a'], { DEBUGINFOD_URLS: ' http://b  ftp://c ' })).toEqual([
      'http://b',
      'https://a',
    ]);
  });
});
