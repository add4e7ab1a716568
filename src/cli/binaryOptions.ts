import { type Command, InvalidArgumentError } from 'commander';
import { isServer } from '../session/debuginfod.js';
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
    .option('--sysroot <dir>', 'a folder that stands for / of the crashed machine')
    .option(
      '--debuginfod <url>',
      'fetch what is missing from a debuginfod server, or from those in DEBUGINFOD_URLS with env (repeatable)',
      collectServer,
      [],
    );
}

export interface BinaryOptions {
  readonly exe?: string;
  readonly debugDir: readonly string[];
  readonly sysroot?: string;
  readonly debuginfod: readonly string[];
}

export function openOptions(options: BinaryOptions): OpenOptions {
  return {
    ...(options.exe === undefined ? {} : { exe: options.exe }),
    ...(options.sysroot === undefined ? {} : { sysroot: options.sysroot }),
    debugDirs: options.debugDir,
    ...(options.debuginfod.length === 0 ? {} : { debuginfod: options.debuginfod }),
  };
}

function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

function collectServer(value: string, previous: readonly string[]): string[] {
  if (value === 'env' && (process.env['DEBUGINFOD_URLS'] ?? '').trim() === '')
    throw new InvalidArgumentError('DEBUGINFOD_URLS is not set');
  if (value !== 'env' && !isServer(value))
    throw new InvalidArgumentError('expected the address of a server (http://... or https://...), or env');
  return [...previous, value];
}
