import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureBuilt, ROOT } from '../cli/builtCommand.js';
import { redzone } from '../cli/runCommand.js';
import { type Fault, FaultyServer, type ServedFile } from './faultyServer.js';
import { listed, localRow, rowsIn, rowsOf, sample, triaged, withoutPlace } from './triaged.js';

let server: FaultyServer;
beforeAll(async () => {
  server = await FaultyServer.start();
});
afterAll(async () => {
  await server.stop();
});
beforeEach(() => {
  server.files.clear();
  server.redirects.clear();
  server.seen.length = 0;
});

function serve(path: string, name = 'race-default', more: Partial<ServedFile> = {}): string {
  server.files.set(path, { bytes: sample(name).bytes, etag: `"${name}"`, ...more });
  return `${server.origin}${path}`;
}

describe('a core on a web server', () => {
  it.each(['race-default', 'null-deep', 'handler-altstack', 'shift-fp', 'abort', 'threads-8'])(
    'gives the row of the same core on disk: %s',
    async (name) => {
      const [row] = await rowsOf(serve(`/${name}.core`, name));
      if (row === undefined) throw new Error('no row');
      expect(withoutPlace(row)).toEqual(localRow(name));
    },
  );

  it('is read in parts, which are counted', async () => {
    const { bytes } = sample('race-default');
    const [row] = await rowsOf(serve('/a.core'));
    expect(row?.requests).toBe(server.seen.length);
    expect(server.seen.every(({ range }) => range !== undefined)).toBe(true);
    const asked = server.seen.reduce((sum, { range = '' }) => {
      const [, from, to] = /(\d+)-(\d+)/.exec(range) ?? [];
      return sum + Math.min(Number(to), bytes.length - 1) - Number(from) + 1;
    }, 0);
    expect(row?.bytesRead).toBe(asked);
    expect(asked).toBeLessThan(bytes.length / 2);
  });

  it('tells the time of the object', async () => {
    const modified = new Date('2026-03-04T05:06:07Z');
    const [row] = await rowsOf(serve('/a.core', 'abort', { modified }));
    expect(row).toMatchObject({ time: modified.toISOString(), timeSource: 'object' });
  });

  it('keeps its credentials out of the row', async () => {
    const secret = `${serve('/a.core').replace('//', '//me:s3cret@')}?X-Amz-Signature=abcdef&X-Amz-Credential=AKIA`;
    const rows = await rowsOf(secret);
    expect(rows).toMatchObject([{ source: `${server.origin}/a.core`, status: 'ok' }]);
    expect(JSON.stringify(rows)).not.toMatch(/s3cret|abcdef|AKIA/);
    expect(server.seen.every(({ query }) => query.includes('abcdef'))).toBe(true);
    const basic = `Basic ${Buffer.from('me:s3cret').toString('base64')}`;
    expect(server.seen.every(({ authorization }) => authorization === basic)).toBe(true);
  });

  it('takes no credentials along to another server', async () => {
    const other = await FaultyServer.start();
    try {
      other.files.set('/b.core', { bytes: sample('abort').bytes });
      server.redirects.set('/a.core', `${other.origin}/b.core`);
      const [row] = await rowsOf(`${server.origin.replace('//', '//me:s3cret@')}/a.core`);
      expect(row?.status).toBe('ok');
      expect(server.seen[0]?.authorization).toBeDefined();
      expect(other.seen.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    } finally {
      await other.stop();
    }
  });

  it('is read as a whole where the server serves no parts', async () => {
    const [row] = await rowsOf(serve('/a.core', 'abort', { ignoresRange: true }));
    if (row === undefined) throw new Error('no row');
    expect(withoutPlace(row)).toEqual(localRow('abort'));
    expect(row.requests).toBe(1);
  });

  it('may be empty', async () => {
    server.files.set('/a.core', { bytes: new Uint8Array(0) });
    expect(await rowsOf(`${server.origin}/a.core`)).toMatchObject([
      { status: 'unreadable', problems: [{ code: 'empty' }] },
    ]);
  });
});

describe('an index page', () => {
  it('is searched with all below it', async () => {
    serve('/dump/b/core.12', 'abort');
    serve('/dump/a.core', 'null-deep');
    serve('/dump/strange name', 'shift-fp');
    server.files.set('/dump/notes.txt', { bytes: Buffer.from('hello') });
    server.files.set('/elsewhere.core', { bytes: Buffer.from('no') });
    const rows = await triaged([`${server.origin}/dump/`]);
    expect(rowsIn(rows).map(({ source, kind }) => [source.slice(server.origin.length), kind])).toEqual([
      ['/dump/a.core', 'null-dereference'],
      ['/dump/strange%20name', 'rsp-shift'],
      ['/dump/b/core.12', 'abort'],
    ]);
    expect(rows.filter(({ kind }) => kind === 'passedOver')).toHaveLength(1);
  });

  it('that is not there is told in one sentence', async () => {
    expect(await listed(`${server.origin}/none/`)).toEqual([
      { kind: 'unreadable', path: `${server.origin}/none/`, reason: 'there is no such object (404)' },
    ]);
  });
});

describe('a server in trouble', () => {
  const passing: readonly (readonly [string, readonly (Fault | undefined)[]])[] = [
    [
      '503 at first',
      [
        { kind: 'status', status: 503 },
        { kind: 'status', status: 500 },
      ],
    ],
    ['429 in the middle', [undefined, { kind: 'status', status: 429 }]],
    ['a reset before the body', [{ kind: 'reset', after: 0 }]],
    ['a reset inside a part', [undefined, { kind: 'reset', after: 5000 }, { kind: 'reset', after: 100 }]],
    ['silence inside a part', [undefined, { kind: 'stall', after: 3000 }]],
    ['a part that is short', [{ kind: 'short', by: 10 }, undefined, { kind: 'short', by: 4000 }]],
  ];

  it.each(passing)('is asked again: %s', async (_, faults) => {
    const [row] = await rowsOf(serve('/a.core', 'race-default', { faults: [...faults] }));
    if (row === undefined) throw new Error('no row');
    expect(withoutPlace(row)).toEqual(localRow('race-default'));
  });

  it('that never recovers leaves a row with what could be read', async () => {
    const faults = [undefined, ...Array.from({ length: 60 }, (): Fault => ({ kind: 'status', status: 503 }))];
    const [row] = await rowsOf(serve('/a.core', 'race-default', { faults }));
    expect(row?.status).toBe('partial');
    const failed = row?.problems.find(({ code }) => code === 'read-failed');
    expect(failed?.message).toMatch(/^bytes \d+ to \d+ could not be read: the server answered 503 \(4 attempts\)$/);
    expect(row?.signal?.name).toBe('SIGSEGV');
  });

  it('at the first byte leaves a row that says so', async () => {
    const faults = Array.from({ length: 60 }, (): Fault => ({ kind: 'reset', after: 0 }));
    const good = serve('/b.core', 'abort');
    const rows = await rowsOf(serve('/a.core', 'race-default', { faults }), good);
    expect(rows).toMatchObject([
      {
        status: 'unreadable',
        problems: [{ code: 'unreachable', message: 'the connection was reset (4 attempts)' }],
      },
      { status: 'ok' },
    ]);
  });

  it.each([
    [404, 'not-found'],
    [403, 'no-permission'],
    [401, 'no-permission'],
  ])('that refuses with %i is not asked again', async (status, code) => {
    const faults: Fault[] = [{ kind: 'status', status }];
    const rows = await rowsOf(serve('/a.core', 'abort', { faults }));
    expect(rows).toMatchObject([{ status: 'unreadable', problems: [{ code }] }]);
    expect(server.seen).toHaveLength(1);
  });

  it('that is not there is named with its reason', async () => {
    const gone = await FaultyServer.start();
    const address = `${gone.origin}/a.core`;
    await gone.stop();
    expect(await rowsOf(address)).toMatchObject([
      { source: address, problems: [{ code: 'unreachable', message: 'nothing listens there (4 attempts)' }] },
    ]);
  });
});

describe('a core that becomes another while it is read', () => {
  it('is read again from its start, and says so', async () => {
    const to = sample('abort').bytes;
    const [row] = await rowsOf(serve('/a.core', 'race-default', { faults: [undefined, { kind: 'change', to }] }));
    if (row === undefined) throw new Error('no row');
    expect(row.problems).toMatchObject([{ code: 'changed' }]);
    expect(withoutPlace({ ...row, problems: [] })).toEqual(localRow('abort'));
  });

  it('again and again is a row that says so', async () => {
    expect(await rowsOf(serve('/a.core', 'race-default', { restless: true }))).toMatchObject([
      { status: 'unreadable', problems: [{ code: 'changed' }] },
    ]);
  });

  it('is noticed without tags, by its time or its length', async () => {
    const to = sample('abort').bytes.subarray(0, 300_000);
    server.files.set('/b.core', { bytes: sample('race-default').bytes, faults: [undefined, { kind: 'change', to }] });
    const [row] = await rowsOf(`${server.origin}/b.core`);
    expect(row?.problems.map(({ code }) => code)).toContain('changed');
    expect(row?.size).toBe(300_000);
  });
});

describe('a compressed core', () => {
  it('is decompressed from its first part', async () => {
    server.files.set('/a.core.gz', { bytes: gzipSync(sample('race-default').bytes), etag: '"gz"' });
    const [row] = await rowsOf(`${server.origin}/a.core.gz`);
    expect(row).toMatchObject({ ...localRow('race-default'), size: row?.size });
  });

  it('that is large is read deeper only when told to', async () => {
    // Bytes that do not compress lie between the notes and the stack.
    const core = sample('race-default').bytes;
    const packed = gzipSync(spread(core, 5 * 2 ** 20), { level: 1 });
    server.files.set('/a.core.gz', { bytes: packed, etag: '"gz"' });
    const address = `${server.origin}/a.core.gz`;
    const [shallow] = rowsIn(await triaged([address]));
    expect(shallow?.status).toBe('partial');
    expect(shallow?.problems.map(({ code }) => code)).toContain('not-fetched');
    expect(shallow?.bytesRead).toBeLessThan(1.1 * 2 ** 20);
    expect(shallow?.signal?.name).toBe('SIGSEGV');
    const [deep] = rowsIn(await triaged([address], true));
    expect(deep).toMatchObject({ ...localRow('race-default'), size: packed.length });
  });
});

it('ends when it is told to', async () => {
  const faults = Array.from({ length: 50 }, (): Fault => ({ kind: 'stall', after: 10 }));
  const address = serve('/a.core', 'race-default', { faults });
  const controller = new AbortController();
  setTimeout(() => {
    controller.abort();
  }, 100);
  const before = Date.now();
  expect(await triaged([address], false, controller.signal)).toEqual([]);
  expect(Date.now() - before).toBeLessThan(1000);
});

/** Moves the contents of a core's segments back by `gap` incompressible bytes. */
function spread(core: Uint8Array, gap: number): Uint8Array {
  const view = new DataView(core.buffer, core.byteOffset);
  const phoff = Number(view.getBigUint64(32, true));
  const count = view.getUint16(56, true);
  const loads = Array.from({ length: count }, (_, i) => phoff + 56 * i).filter((at) => view.getUint32(at, true) === 1);
  const first = Math.min(...loads.map((at) => Number(view.getBigUint64(at + 8, true))));
  const spaced = new Uint8Array(core.length + gap);
  spaced.set(core.subarray(0, first));
  let state = 1;
  for (let i = first; i < first + gap; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    spaced[i] = state >>> 24;
  }
  spaced.set(core.subarray(first), first + gap);
  const moved = new DataView(spaced.buffer);
  for (const at of loads) moved.setBigUint64(at + 8, moved.getBigUint64(at + 8, true) + BigInt(gap), true);
  return spaced;
}

describe('the command', () => {
  it('inspects what lies on a server as it inspects a file', async () => {
    ensureBuilt();
    const sysroot = join(ROOT, '.cache/fixtures/sysroot');
    const remote = await redzone(['inspect', '--json', '--sysroot', sysroot, serve('/a.core')]);
    const local = await redzone(['inspect', '--json', '--sysroot', sysroot, sample('race-default').path]);
    expect(remote.stderr).toBe('');
    const place = { source: '', bytesRead: 0, time: '', timeSource: '', requests: 0 };
    expect({ ...JSON.parse(remote.stdout), ...place }).toEqual({ ...JSON.parse(local.stdout), ...place });
  });

  it('answers by exit codes and one sentence', async () => {
    const missing = await redzone(['triage', '--ndjson', `${server.origin}/gone.core`]);
    expect(missing).toMatchObject({
      status: 3,
      stderr: `redzone: ${server.origin}/gone.core: there is no such object (404)\n`,
    });
    const some = await redzone(['triage', '--ndjson', serve('/a.core'), `${server.origin}/gone.core`]);
    expect(some.status).toBe(1);
    expect(some.stdout.trim().split('\n')).toHaveLength(2);
    expect((await redzone(['inspect', `${server.origin}/gone.core`])).status).toBe(3);
  });
});
