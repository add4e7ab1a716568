import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt, ROOT } from '../cli/builtCommand.js';
import { type Outcome, redzone } from '../cli/runCommand.js';
import { SYSROOT } from '../golden/fixtureCores.js';
import { FleetFolder } from './fleetFolder.js';
import { sql } from './sql.js';

let folder: FleetFolder;
beforeAll(() => {
  ensureBuilt();
  folder = new FleetFolder(24);
});
afterAll(() => {
  folder.remove();
});

const triage = (...args: string[]): Promise<Outcome> =>
  redzone(['triage', '--sysroot', SYSROOT, '--progress', 'none', ...args]);

function file(name: string, text: string): string {
  writeFileSync(folder.join(name), text);
  return folder.join(name);
}

const HOST_PATTERN = String.raw`/(?<host>host-\d+)\.(?<number>\d+)\.core$`;

describe('tables', { timeout: 60_000 }, () => {
  it('are joined by key, and by host and time', async () => {
    // Half of the hosts, with another kernel from the middle of the month on.
    const hosts = [...new Set(folder.fleet.map(({ host }) => host))].sort();
    const known = hosts.filter((_, i) => i % 2 === 0);
    const nodes = file(
      'nodes.csv',
      ['node,rack,cores', ...known.map((host, i) => `${host},00${i},${i + 8}`)].join('\n'),
    );
    const middle = '2026-01-20T00:00:00Z';
    const kernels = file(
      'kernels.tsv',
      [
        'host\tfrom\tuntil\tkernel',
        ...hosts.flatMap((host) => [`${host}\t\t${middle}\t5.10`, `${host}\t${middle}\t\t6.1`]),
      ].join('\n'),
    );
    const dataset = folder.join('joined');
    const { status, stderr } = await triage(
      folder.cores, '--dataset', dataset, '--path-pattern', HOST_PATTERN,
      '--join', nodes, '--on', 'host=node',
      '--join', kernels, '--on', 'host', '--interval', 'from,until', '--prefix', 'node_',
    ); // prettier-ignore
    const rows = await sql(
      dataset,
      'select source, host, rack, cores, node_kernel, unmatched, time from rows order by source',
    );
    const expected = [...folder.fleet]
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .map(({ path, host, time }) => {
        const at = known.indexOf(host);
        return {
          source: path,
          host,
          rack: at < 0 ? null : `00${at}`,
          cores: at < 0 ? null : at + 8,
          node_kernel: time < middle ? '5.10' : '6.1',
          unmatched: at < 0 ? nodes : null,
          time,
        };
      });
    expect(rows).toEqual(expected.map((row) => ({ ...row, time: new Date(row.time).toISOString() })));
    const missed = expected.filter(({ unmatched }) => unmatched !== null).length;
    expect(status).toBe(0);
    expect(stderr).toContain(`redzone: ${nodes}: ${24 - missed} of 24 crashes matched; not host=`);
    expect(new Set(rows.map(({ node_kernel: kernel }) => kernel))).toEqual(new Set(['5.10', '6.1']));
  });

  it('with a wrong key end the command in one sentence, before a core is read', async () => {
    const nodes = file('few.csv', 'node,rack\nhost-0001,1\n');
    const unknown = await triage(folder.cores, '--join', nodes, '--on', 'hots=node');
    expect(unknown).toMatchObject({ status: 2, stdout: '' });
    expect(unknown.stderr).toMatch(
      new RegExp(
        `^redzone: ${nodes}: the key is hots=node, but crashes have no column hots; they have .*\\bhost\\b.*\n$`,
      ),
    );
    expect(await triage(folder.cores, '--join', nodes, '--on', 'host=nod')).toEqual({
      status: 2,
      stdout: '',
      stderr: `redzone: ${nodes}: the key names nod, the table has node, rack\n`,
    });
    expect(await triage(folder.cores, '--join', nodes)).toMatchObject({
      status: 2,
      stderr: `redzone: ${nodes}: say with --on which columns must be equal\n`,
    });
    expect(await triage(folder.cores, '--join', folder.join('none.csv'), '--on', 'host')).toMatchObject({
      status: 2,
      stderr: `redzone: ${folder.join('none.csv')}: there is no such table\n`,
    });
  });

  it('and files beside cores come from a configuration too', async () => {
    const own = new FleetFolder(2, 9);
    const [one, two] = own.fleet;
    if (one === undefined || two === undefined) throw new Error('two cores');
    writeFileSync(
      `${one.path}.json`,
      JSON.stringify({ pod: { name: 'web-1', labels: ['a', 'b'] }, size: 'big', __proto__: 1 }),
    );
    writeFileSync(`${two.path}.json`, 'not json');
    mkdirSync(own.join('conf'));
    writeFileSync(own.join('conf', 'pods.jsonl'), '{"pod":"web-1","zone":"z1"}\n');
    writeFileSync(
      own.join('conf', 'redzone.yaml'),
      "sidecar: '{}.json'\njoin:\n  file: pods.jsonl\n  on: { pod_name: pod }\n",
    );
    const { stdout } = await triage(own.cores, '--ndjson', '--config', own.join('conf', 'redzone.yaml'));
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const byPath = new Map(rows.map((row) => [row['source'], row]));
    expect(byPath.get(one.path)).toMatchObject({ pod_name: 'web-1', pod_labels: 'a b', meta_size: 'big', zone: 'z1' });
    expect(byPath.get(two.path)).not.toHaveProperty('pod_name');
    own.remove();
  });

  it.each([
    ['join: [', /redzone\.yaml: .* at line 1/],
    ['jion: []', /redzone\.yaml: jion is not known; there are join, path/],
    ['exclude: [{ name: x }]', /redzone\.yaml: exclude\[1\] says neither when nor log/],
    ["exclude: [{ name: x, log: '(' }]", /redzone\.yaml: exclude\[1\]\.log is no regular expression/],
    ['exclude: [{ name: x, log: y, before: soon }]', /redzone\.yaml: exclude\[1\]\.before is no duration/],
    ['join: [{ on: host }]', /redzone\.yaml: join\[1\]\.file is missing/],
  ])('of a configuration %s are told where they are wrong', async (text, message) => {
    const { status, stderr } = await triage(folder.cores, '--config', file('redzone.yaml', text));
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('logs', { timeout: 60_000 }, () => {
  it('tell of crashes; that of which there is a core counts once', async () => {
    const own = new FleetFolder(12, 5);
    const bare = await triage(own.cores, '--ndjson');
    const rows = bare.stdout
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as {
            time: string;
            process: { comm: string; pid: number };
            thread: { registers: { rip: string; rsp: string } };
          },
      );
    const hex = (text: string): string => text.slice(2).padStart(16, '0');
    const lines = rows
      .slice(0, 5)
      .map(
        ({ time, process, thread: { registers } }) =>
          `${time.replace('Z', '+00:00')} host-x kernel: [ 12.34] ${process.comm}[${process.pid + 7}]: segfault at 0 ip ${hex(registers.rip)} sp ${hex(registers.rsp)} error 4`,
      );
    lines.push(
      '2026-01-12T00:00:00+00:00 host-y kernel: other[9]: segfault at 0 ip 0000000000000000 sp 00007ffd00001000 error 14',
    );
    const log = own.join('kern.log');
    writeFileSync(log, `${lines.join('\n')}\n`);
    const query =
      "select count(*) n, count(distinct crash) crashes, count(*) filter (not duplicate) counted, count(*) filter (source_kind = 'log') logs from rows";
    const together = own.join('together');
    await triage(own.cores, '--log', log, '--dataset', together);
    await triage(own.cores, '--log', log, '--dataset', together);
    expect(await sql(together, query)).toEqual([{ n: 18, crashes: 13, counted: 13, logs: 6 }]);
    for (const order of [
      ['cores', 'log'],
      ['log', 'cores'],
    ]) {
      const dataset = own.join(`first-${order[0] ?? ''}`);
      for (const what of order) await triage(...(what === 'log' ? ['--log', log] : [own.cores]), '--dataset', dataset);
      expect(await sql(dataset, query)).toEqual([{ n: 18, crashes: 13, counted: 13, logs: 6 }]);
    }
    own.remove();
  });

  it('take false positives out, with the reason', async () => {
    const [victim] = folder.fleet;
    if (victim === undefined) throw new Error('a core');
    const at = (seconds: number): string => new Date(Date.parse(victim.time) + 1000 * seconds).toISOString();
    const log = file(
      'operator.log',
      [
        `${at(-30)} ${victim.host} ops: sent a signal to all`,
        `${at(-4000)} ${victim.host} mce: [Hardware Error]: CPU 3: Machine Check: 0 Bank 5`,
      ].join('\n'),
    );
    const config = file(
      'rules.yaml',
      `path: '${HOST_PATTERN}'\nlogs: ${log}\nexclude:\n  - { name: operator, reason: sent by hand, log: 'ops: sent', before: 1m }\n  - { name: ud2, when: { kind: illegal-instruction } }\n`,
    );
    const dataset = folder.join('excluded');
    const traps = folder.fleet.filter(({ state }) => state === 'trap-ud2').length;
    const dry = await triage(folder.cores, '--config', config, '--dataset', dataset, '--dry-run');
    expect(dry.stdout).toContain(`${victim.path}  operator  sent by hand: ops: sent a signal to all\n`);
    expect(dry.stderr).toContain('redzone: rule operator: 1 row taken out\n');
    expect(dry.stderr).toContain(`redzone: rule ud2: ${traps} ${traps === 1 ? 'row' : 'rows'} taken out\n`);
    expect(existsSync(dataset)).toBe(false);
    await triage(folder.cores, '--config', config, '--dataset', dataset);
    expect(
      await sql(dataset, 'select source, excluded_reason, machine_checks from rows where excluded_by = $$operator$$'),
    ).toEqual([{ source: victim.path, excluded_reason: 'sent by hand: ops: sent a signal to all', machine_checks: 1 }]);
    expect(await sql(dataset, 'select count(*) n, count(machine_check) m from rows')).toEqual([{ n: 24, m: 1 }]);
  });

  const compiler = ['c++', 'g++', 'clang++'].find((name) => spawnSync(name, ['--version']).status === 0);
  it.skipIf(compiler === undefined)('hold the line of docs/crashLine.cpp [needs a C++ compiler]', async () => {
    const program = folder.join('crash line');
    const built = spawnSync(compiler ?? '', ['-O1', `${ROOT}/docs/crashLine.cpp`, '-o', program], { encoding: 'utf8' });
    expect(built.stderr).toBe('');
    const lines = [[], ['call']].map((args) =>
      spawnSync('sh', ['-c', 'ulimit -c 0; exec "$@"', 'sh', program, ...args], { encoding: 'utf8' }),
    );
    expect(lines.map(({ signal }) => signal)).toEqual(['SIGSEGV', 'SIGSEGV']);
    const log = file('own.log', lines.map(({ stderr }) => stderr).join(''));
    const { stdout } = await triage('--log', log, '--csv');
    expect(readFileSync(log, 'utf8')).toContain('comm="crash line"');
    const own = file('own.csv', stdout);
    const rows = await sql(
      undefined,
      `select comm, label, signal, rip, rsp_mod16, fault_address from read_csv('${own}', all_varchar = true)`,
    );
    const common = { comm: 'crash line', label: 'other', signal: 'SIGSEGV', fault_address: '0x0' };
    expect(rows).toEqual([
      { ...common, rip: expect.stringMatching(/^0x5\w{11}$/) as string, rsp_mod16: expect.any(String) as string },
      // A call has pushed its return address.
      { ...common, rip: '0x0', rsp_mod16: '8' },
    ]);
  });
});
