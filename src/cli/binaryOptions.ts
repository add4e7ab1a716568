import type { Command } from 'commander';
import type { OpenOptions } from '../session/coreSession.js';

/** The options that say where binaries are, the same for every command that opens cores. */
export function withBinaryOptions(command: Command): Command {
  return command
    .option('--exe <file>', 'the executable of the core')
    .option(
      '--debug-dir <dir>',
      'a folder with binaries and debug files, searched by build id and name (repeatable)',
      collect,
      [],
    )
    .option('--sysroot <dir>', 'a folder that stands for / of the crashed machine');
}

export interface BinaryOptions {
  readonly exe?: string;
  readonly debugDir: readonly string[];
  readonly sysroot?: string;
}

export function openOptions(options: BinaryOptions): OpenOptions {
  return {
    ...(options.exe === undefined ? {} : { exe: options.exe }),
    ...(options.sysroot === undefined ? {} : { sysroot: options.sysroot }),
    debugDirs: options.debugDir,
  };
}

function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}
