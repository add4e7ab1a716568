import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';

const PROGRAMS = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'scontrol'];
const DEBIAN = ['munge', 'slurmctld', 'slurmd', 'slurm-client'];

/** Why there can be no Slurm here; `undefined` once its programs are there. Installs them from Debian where that is possible. */
export function whyNoSlurm(): string | undefined {
  if (process.platform !== 'linux') return 'it runs on Linux only';
  if (process.getuid?.() !== 0) return 'its daemons start as root only';
  if (isInstalled()) return undefined;
  if (spawnSync('apt-get', ['--version']).status !== 0) return 'its programs are missing, and there is no apt';
  const options = ['-o', 'DPkg::Lock::Timeout=120', '-y', '--no-install-recommends'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update'], { env, timeout: 120_000 });
  spawnSync('apt-get', ['install', ...options, ...DEBIAN], { env, timeout: 300_000 });
  return isInstalled() ? undefined : `apt could not install ${DEBIAN.join(', ')}`;
}

function isInstalled(): boolean {
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
  return PROGRAMS.every(
    (program) => spawnSync('sh', ['-c', `command -v ${program}`], { env: { PATH: path } }).status === 0,
  );
}

/** A Slurm of one node that is this machine, on free ports of 127.0.0.1, with all its files in one folder. */
export class OneNodeSlurm {
  readonly folder = mkdtempSync(join(tmpdir(), 'redzone-slurm-'));
  readonly env: NodeJS.ProcessEnv;
  readonly #daemons: ChildProcess[] = [];

  constructor() {
    this.env = {
      ...process.env,
      PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
      SLURM_CONF: join(this.folder, 'slurm.conf'),
    };
  }

  /** @throws an Error with the daemons' logs when no job could be run */
  async start(): Promise<void> {
    const at = (name: string): string => join(this.folder, name);
    for (const name of ['state', 'spool', 'munge']) mkdirSync(at(name), { mode: 0o755 });
    writeFileSync(at('munge/key'), randomBytes(1024), { mode: 0o400 });
    const [controller, node] = [await freePort(), await freePort()];
    const name = hostname().split('.')[0] ?? 'localhost';
    writeFileSync(at('slurm.conf'), configuration(this.folder, name, controller, node));
    // Where nothing is confined by groups, slurmd looks for them all the same.
    const unified = existsSync('/sys/fs/cgroup/cgroup.controllers');
    writeFileSync(
      at('cgroup.conf'),
      unified ? 'CgroupPlugin=cgroup/v2\nIgnoreSystemd=yes\n' : 'CgroupPlugin=cgroup/v1\n',
    );
    const munge = ['socket', 'key-file', 'pid-file', 'log-file', 'seed-file'].map(
      (option) => `--${option}=${at(`munge/${option.replace('-file', '')}`)}`,
    );
    this.#daemon('munged', ['--foreground', '--force', ...munge]);
    await until(() => spawnSync('munge', ['-n', '-S', at('munge/socket')], { env: this.env }).status === 0, 10);
    this.#daemon('slurmctld', ['-D', '-i', '-f', at('slurm.conf')]);
    this.#daemon('slurmd', ['-D', '-f', at('slurm.conf')]);
    const ready = await until(() => this.run('sinfo', '-h', '-o', '%T').trim() === 'idle', 40);
    if (!ready) throw new Error(`no node: ${this.#logs()}`);
  }

  run(command: string, ...args: string[]): string {
    const { stdout, stderr, status } = spawnSync(command, args, { env: this.env, encoding: 'utf8', timeout: 30_000 });
    if (status !== 0 && command === 'sbatch') throw new Error(`${command}: ${stderr}`);
    return stdout;
  }

  /** Waits until no job is left. */
  async idle(seconds: number): Promise<void> {
    if (!(await until(() => this.run('squeue', '-h').trim() === '', seconds)))
      throw new Error(`still busy: ${this.run('squeue')}${this.#logs()}`);
  }

  stop(): void {
    for (const daemon of this.#daemons.reverse()) daemon.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  #daemon(command: string, args: readonly string[]): void {
    const daemon = spawn(command, args, { env: this.env, stdio: 'ignore' });
    daemon.on('error', () => undefined);
    this.#daemons.push(daemon);
  }

  #logs(): string {
    return ['slurmctld.log', 'slurmd.log']
      .map((name) => {
        try {
          return readFileSync(join(this.folder, name), 'utf8').split('\n').slice(-12).join('\n');
        } catch {
          return `${name} is missing`;
        }
      })
      .join('\n');
  }
}

function configuration(folder: string, name: string, controller: number, node: number): string {
  return `ClusterName=redzone
SlurmctldHost=${name}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${folder}/munge/socket
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmctldPort=${controller}
SlurmdPort=${node}
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
MpiDefault=none
ReturnToService=2
KillWait=5
NodeName=${name} NodeAddr=127.0.0.1 CPUs=4 RealMemory=4096 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;
}

async function until(condition: () => boolean, seconds: number): Promise<boolean> {
  const end = Date.now() + 1000 * seconds;
  while (Date.now() < end) {
    if (condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return false;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}
