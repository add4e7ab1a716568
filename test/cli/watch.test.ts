import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { copyFileSync, existsSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CLI, ensureBuilt, ROOT } from './builtCommand.js';
import { CoreFolder } from './coreFolder.js';
import { redzone } from './runCommand.js';

let folder: CoreFolder;
let state: string;
beforeAll(ensureBuilt);
beforeEach(() => {
  folder = new CoreFolder();
  state = join(folder.path, 'state.json');
  folder.folder('in');
});
afterEach(() => {
  folder.remove();
});

const SYSROOT = join(ROOT, '.cache/fixtures/sysroot');

interface Event {
  readonly news: readonly string[];
  readonly text: string;
  readonly signatureCount: number;
  readonly row: { readonly source: string; readonly kind?: string };
}

/** A core that came whole some time ago. */
function arrive(name: string, sample: string): void {
  const path = folder.core(`in/${name}`, sample);
  const before = Date.now() / 1000 - 60;
  utimesSync(path, before, before);
}

async function once(...more: string[]): Promise<{ events: Event[]; stderr: string; status: unknown }> {
  const args = ['watch', '--once', '--state', state, '--sysroot', SYSROOT, ...more, join(folder.path, 'in')];
  const { stdout, stderr, status } = await redzone(args);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return { events: lines.map((line) => JSON.parse(line) as Event), stderr, status };
}

describe('redzone watch', () => {
  it('learns what is there, then says what is new and what is known, over restarts', async () => {
    arrive('a.core', 'race-default');
    const first = await once();
    expect(first).toMatchObject({ events: [], status: 0 });
    expect(first.stderr).toContain('1 cores with 1 signatures were there already');
    arrive('b.core', 'race-default');
    arrive('c.core', 'null-deep');
    const second = await once();
    expect(second.events.map(({ news, row }) => [row.kind, ...news])).toEqual([
      ['unwind-transfer-race', 'signature-again'],
      ['null-dereference', 'new-signature'],
    ]);
    expect(second.events[0]?.signatureCount).toBe(2);
    expect((await once()).events).toEqual([]);
  });

  it('says that a signature is back after a while', async () => {
    arrive('a.core', 'abort');
    await once();
    arrive('b.core', 'abort');
    const { events } = await once('--back-after', '0.0000001');
    expect(events).toMatchObject([{ news: ['signature-back'] }]);
    expect(events[0]?.text).toMatch(/^known signature is back \(seen once before\): other \/ abort/);
  });

  it('reports what was there already when told to, and what cannot be read', async () => {
    arrive('a.core', 'abort');
    const broken = folder.file('in/broken.core', 'hello');
    utimesSync(broken, 1e9, 1e9);
    const { events } = await once('--all');
    expect(events.map(({ news }) => news)).toEqual([['new-signature'], ['unreadable']]);
  });

  it('waits for a core that is still being written', async () => {
    await once();
    folder.core('in/new.core', 'abort');
    expect((await once()).events).toEqual([]);
    const before = Date.now() / 1000 - 60;
    utimesSync(join(folder.path, 'in/new.core'), before, before);
    expect((await once()).events).toHaveLength(1);
  });

  it('refuses a state that is none', async () => {
    folder.file('state.json', 'not a state');
    const { status, stderr } = await once();
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr: `redzone: ${state}: it is not the state of a watch; remove it or name another with --state\n`,
    });
  });

  it('posts to a webhook, goes on while it runs, and ends cleanly when it is told to', async () => {
    const posted: Event[] = [];
    let refusals = 1;
    const hook = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        if (refusals-- > 0) {
          response.writeHead(503).end();
          return;
        }
        posted.push(JSON.parse(body) as Event);
        response.end('ok');
      });
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/secret`;
    const args = ['watch', '--state', state, '--interval', '0.2', '--webhook', address, '--sysroot', SYSROOT];
    const child = spawn(process.execPath, [CLI, ...args, join(folder.path, 'in')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    try {
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
      let stdout = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      await until(() => existsSync(state));
      // Copied as it is: two listings that see the same size and time suffice.
      copyFileSync(folder.sample('shift-fp'), join(folder.path, 'in/late.core'));
      await until(() => posted.length === 1);
      expect(posted[0]).toMatchObject({ news: ['new-signature'], row: { kind: 'rsp-shift' } });
      child.kill('SIGINT');
      expect(await ended).toBe(0);
      expect(stdout.trim().split('\n')).toHaveLength(1);
      const kept = JSON.parse(readFileSync(state, 'utf8')) as { files: Record<string, string> };
      expect(Object.keys(kept.files)).toEqual([join(folder.path, 'in/late.core')]);
    } finally {
      child.kill('SIGKILL');
      hook.close();
    }
  });
});

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 15_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('it never came to that');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
