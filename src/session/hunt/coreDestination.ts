import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { corePattern, type CorePattern } from './corePattern.js';

/** Where the cores of processes started here can be found. */
export interface CoreDestination {
  /** Where the kernel writes them; `undefined` when a program gets them. */
  readonly files: Extract<CorePattern, { kind: 'file' }> | undefined;
  /** Where the program that gets them keeps them. */
  readonly folder: string | undefined;
  /** What should be known beforehand, one sentence. */
  readonly remark?: string;
}

/** Why no core can be had: one sentence that says what to do. */
export class NoCoresError extends Error {}

/** What is asked of the machine. Only read, never changed. */
export interface Machine {
  /** The text of a file; `undefined` when it cannot be read. */
  readonly file: (path: string) => string | undefined;
  /** Whether files can be made in a folder. */
  readonly writable: (folder: string) => boolean;
  /** Whether the files of a folder can be listed. */
  readonly listable: (folder: string) => boolean;
}

/**
 * Finds out where cores go.
 *
 * @param folder the working directory of what is run; `undefined` for one that is made for it
 * @throws NoCoresError when nothing that crashes here would leave a core that can be found
 */
export function coreDestination(folder: string | undefined, machine: Machine = thisMachine): CoreDestination {
  const limit = hardLimit(machine.file('/proc/self/limits'));
  if (limit === 0)
    throw new NoCoresError(
      'the hard limit for cores is 0 here (ulimit -H -c), so nothing that runs here leaves one: raise it in /etc/security/limits.conf, the unit (LimitCORE=infinity) or the container (--ulimit core=-1)',
    );
  const text = machine.file('/proc/sys/kernel/core_pattern');
  if (text === undefined)
    throw new NoCoresError('/proc/sys/kernel/core_pattern cannot be read, so nobody knows where cores go');
  const pattern = corePattern(text, (machine.file('/proc/sys/kernel/core_uses_pid') ?? '0').trim() !== '0');
  const remark = limit === undefined ? {} : { remark: `cores are cut after ${limit} bytes (ulimit -H -c)` };
  switch (pattern.kind) {
    case 'none':
      throw new NoCoresError(
        'the kernel writes no cores (kernel.core_pattern is empty): for the time of the hunt, sudo sysctl -w kernel.core_pattern=core',
      );
    case 'pipe':
      return { files: undefined, folder: folderOf(pattern.program, machine), ...remark };
    case 'file': {
      const into = pattern.relative ? folder : leadingFolder(text);
      if (into !== undefined && !machine.writable(into))
        throw new NoCoresError(
          `cores go into ${into} (kernel.core_pattern), where this user cannot write: ${pattern.relative ? 'start the hunt in another folder, or give --scratch' : 'make it writable, or set kernel.core_pattern to a place that is'}`,
        );
      return { files: pattern, folder: undefined, ...remark };
    }
  }
}

const SYSTEMD = '/var/lib/systemd/coredump';
const APPORT = '/var/lib/apport/coredump';

/** Where the usual programs keep what they are given. */
function folderOf(program: string, machine: Machine): string {
  const name = basename(program);
  if (name === 'systemd-coredump') {
    const storage = systemdStorage(machine);
    if (storage !== 'external')
      throw new NoCoresError(
        `systemd-coredump is told to keep no files (Storage=${storage} in coredump.conf): set Storage=external, or for the time of the hunt, sudo sysctl -w kernel.core_pattern=core`,
      );
  }
  const folder = name === 'systemd-coredump' ? SYSTEMD : name === 'apport' ? APPORT : undefined;
  if (folder === undefined)
    throw new NoCoresError(
      `cores on this machine are handed to ${program}, and where it keeps them is not known: for the time of the hunt, sudo sysctl -w kernel.core_pattern=core`,
    );
  if (!machine.listable(folder))
    throw new NoCoresError(
      `cores are handed to ${program}, but ${folder}, where it keeps them, cannot be read: run as a user who may, or for the time of the hunt, sudo sysctl -w kernel.core_pattern=core`,
    );
  return folder;
}

/** Storage= of coredump.conf(5): the main file, then drop-ins by name, the last word counts. */
function systemdStorage(machine: Machine): string {
  let storage = 'external';
  for (const folder of ['/usr/lib/systemd', '/etc/systemd']) {
    const files = [`${folder}/coredump.conf`, ...dropIns(`${folder}/coredump.conf.d`)];
    for (const file of files)
      for (const [, value = ''] of (machine.file(file) ?? '').matchAll(/^\s*Storage\s*=\s*(\w+)/gm)) storage = value;
  }
  return storage;
}

function dropIns(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.conf'))
      .sort()
      .map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}

/** The part of an absolute pattern before its first `%`, as far as it is a folder. */
function leadingFolder(text: string): string | undefined {
  const fixed = (text.split('%')[0] ?? '').trim();
  const end = fixed.lastIndexOf('/');
  return end < 0 ? undefined : fixed.slice(0, end) || '/';
}

/** Bytes; `undefined` for unlimited, or when nothing tells. */
function hardLimit(limits: string | undefined): number | undefined {
  const hard = /^Max core file size\s+\S+\s+(\S+)/m.exec(limits ?? '')?.[1];
  return hard === undefined || hard === 'unlimited' ? undefined : Number(hard);
}

const thisMachine: Machine = {
  file: (path) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  },
  writable: (folder) => allows(folder, constants.W_OK | constants.X_OK),
  listable: (folder) => existsSync(folder) && allows(folder, constants.R_OK | constants.X_OK),
};

function allows(folder: string, mode: number): boolean {
  try {
    accessSync(folder, mode);
    return true;
  } catch {
    return false;
  }
}
