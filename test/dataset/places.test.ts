import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../cli/builtCommand.js';
import { redzone } from '../cli/runCommand.js';
import { SYSROOT } from '../golden/fixtureCores.js';
import { FleetFolder } from './fleetFolder.js';

type Row = Readonly<Record<string, unknown>> & { readonly source: string; readonly signature: string };

let folder: FleetFolder;
beforeAll(() => {
  ensureBuilt();
  folder = new FleetFolder(6);
});
afterAll(() => {
  folder.remove();
});

async function rowsOf(...args: string[]): Promise<Row[]> {
  const { stdout } = await redzone(['triage', '--ndjson', '--sysroot', SYSROOT, ...args]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}

const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

describe('cores in archives', { timeout: 60_000 }, () => {
  const pack: Readonly<Record<string, { needs: string; make: (file: string, from: string) => unknown }>> = {
    'ustar.tar': {
      needs: 'tar',
      make: (file, from) => execFileSync('tar', ['--format=ustar', '-cf', file, '-C', from, '.']),
    },
    'pax.tar': {
      needs: 'tar',
      make: (file, from) => execFileSync('tar', ['--format=pax', '-cf', file, '-C', from, '.']),
    },
    'gnu.tar.gz': {
      needs: 'tar',
      make: (file, from) => execFileSync('tar', ['--format=gnu', '-czf', file, '-C', from, '.']),
    },
    'deflated.zip': {
      needs: 'python3',
      make: (file, from) => execFileSync('python3', ['-m', 'zipfile', '-c', file, `${from}/`]),
    },
  };
  it.each(Object.entries(pack))('%s are judged as they are outside', async (name, { needs, make }) => {
    if (!has(needs)) return;
    const from = folder.join('packed', 'a-long-name-'.repeat(12).slice(0, 90));
    mkdirSync(from, { recursive: true });
    for (const { path } of folder.fleet) copyFileSync(path, `${from}/${basename(path)}`);
    writeFileSync(`${from}/notes.txt`, 'no core');
    const archive = folder.join(name);
    make(archive, dirname(from));
    const plain = await rowsOf(from);
    const packed = await rowsOf(archive);
    const bySource = (rows: readonly Row[]): string[] =>
      rows.map(({ source, signature }) => `${basename(source)} ${signature}`).sort();
    expect(bySource(packed)).toEqual(bySource(plain));
    expect(packed.every(({ source }) => source.startsWith(`${archive}!`))).toBe(true);
    // A member that was listed can be named.
    const [one] = packed;
    expect((await rowsOf(one?.source ?? ''))[0]?.signature).toBe(one?.signature);
    rmSync(folder.join('packed'), { recursive: true });
  });

  it.skipIf(!has('python3'))('bring what core-dump-handler packs beside one', async () => {
    const uuid = '5f2d2f1a-6b1e-4f2c-9a40-0123456789ab';
    const from = folder.join('handler');
    mkdirSync(from);
    copyFileSync(folder.fleet[0]?.path ?? '', `${from}/${uuid}-dump-1700000000-web-0-server-7-11.core`);
    writeFileSync(
      `${from}/${uuid}-dump-info.json`,
      JSON.stringify({ uuid, hostname: 'web-0', timestamp: '1700000000000', node_hostname: 'node-3' }),
    );
    writeFileSync(`${from}/${uuid}-pod-info.json`, JSON.stringify({ metadata: { name: 'web-0', namespace: 'shop' } }));
    const archive = folder.join(`${uuid}-dump-1700000000-web-0-server-7-11.zip`);
    execFileSync('python3', [
      '-m',
      'zipfile',
      '-c',
      archive,
      ...[`${uuid}-dump-1700000000-web-0-server-7-11.core`, `${uuid}-dump-info.json`, `${uuid}-pod-info.json`].map(
        (file) => `${from}/${file}`,
      ),
    ]);
    const [row] = await rowsOf(archive, '--path-pattern', '(?<kind_of_file>zip)');
    expect(row).toMatchObject({
      host: 'node-3',
      time: '2023-11-14T22:13:20.000Z',
      pod_info_metadata_namespace: 'shop',
      kind_of_file: 'zip',
    });
  });

  it('that are cut or none are told of', async () => {
    const cut = folder.join('cut.zip');
    writeFileSync(cut, 'PK\x03\x04 and no more');
    const { status, stderr } = await redzone(['triage', cut]);
    expect(status).toBe(3);
    expect(stderr).toContain(`redzone: ${cut}: it has no directory at its end; was it uploaded whole?\n`);
  });
});

it.skipIf(!has('setfattr'))(
  'a folder of systemd-coredump tells host, time and boot of each [needs setfattr]',
  async () => {
    const boot = '0123456789abcdef0123456789abcdef';
    const place = folder.join('systemd');
    mkdirSync(place);
    const core = `${place}/core.my app.1000.${boot}.77.1700000000000000.zst`.replace('.zst', '');
    copyFileSync(folder.fleet[0]?.path ?? '', core);
    const set = (name: string, value: string): number | null =>
      spawnSync('setfattr', ['-n', `user.coredump.${name}`, '-v', value, core]).status;
    // Not every file system keeps them.
    const kept =
      set('hostname', 'db-é1') === 0 && set('timestamp', '1700000001000000') === 0 && set('exe', '/opt/app') === 0;
    const [row] = await rowsOf(place, '--path-pattern', '(?<place>systemd)');
    expect(row).toMatchObject({
      boot_id: boot,
      uid: '1000',
      time: kept ? '2023-11-14T22:13:21.000Z' : '2023-11-14T22:13:20.000Z',
    });
    if (kept) expect(row).toMatchObject({ host: 'db-é1', coredump_exe: '/opt/app' });
    expect(statSync(core).size).toBeGreaterThan(0);
  },
);
