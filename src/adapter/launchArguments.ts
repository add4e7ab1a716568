import type { OpenOptions } from '../session/coreSession.js';
import { badConfiguration } from './errors.js';
import { isRecord } from './requestArguments.js';

/** A launch configuration of type `redzone`, checked. */
export interface LaunchArguments {
  /** The core file. */
  readonly core: string;
  readonly options: OpenOptions;
  /** Path prefixes of the build machine and what stands for them here, longest prefix first. */
  readonly sourceMap: readonly (readonly [from: string, to: string])[];
  /** Folder whose files are searched for sources, where the client knows no workspace of its own. */
  readonly cwd?: string;
  /** Thread id or name to stop in instead of the crashed thread. */
  readonly thread?: number | string;
  /** Id of the hypothesis to take as the crashed thread's stack, or registers to assume (`rsp+=8`). */
  readonly assume?: string;
}

/**
 * Checks a launch configuration. Unknown keys are left alone: editors add their own.
 * @throws AdapterError with one sentence that names the key.
 */
export function readLaunchArguments(configuration: unknown): LaunchArguments {
  const values = isRecord(configuration) ? configuration : {};
  const core = optionalString(values, 'core');
  if (core === undefined || core === '') {
    throw badConfiguration('The launch configuration names no core dump: set "core" to the path of one.');
  }
  const exe = optionalString(values, 'program');
  const sysroot = optionalString(values, 'sysroot');
  const debugDirs = optionalStrings(values, 'debugDirs');
  const debuginfod = optionalStrings(values, 'debuginfod');
  const assume = optionalString(values, 'assume');
  const cwd = optionalString(values, 'cwd');
  const thread = optionalThread(values['thread']);
  return {
    core,
    options: {
      ...(exe === undefined ? {} : { exe }),
      ...(sysroot === undefined ? {} : { sysroot }),
      ...(debugDirs === undefined ? {} : { debugDirs }),
      ...(debuginfod === undefined || debuginfod.length === 0 ? {} : { debuginfod }),
    },
    sourceMap: readSourceMap(values['sourceMap']),
    ...(cwd === undefined ? {} : { cwd }),
    ...(thread === undefined ? {} : { thread }),
    ...(assume === undefined ? {} : { assume }),
  };
}

function optionalString(values: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = values[key];
  // Completions of launch.json leave empty strings behind: nothing was meant by them.
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string')
    throw badConfiguration(`"${key}" in the launch configuration has to be a path or name.`);
  return value;
}

function optionalStrings(values: Readonly<Record<string, unknown>>, key: string): readonly string[] | undefined {
  const value = values[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return [value];
  if (Array.isArray(value) && value.every((item): item is string => typeof item === 'string')) return value;
  throw badConfiguration(`"${key}" in the launch configuration has to be a list of paths.`);
}

function optionalThread(value: unknown): number | string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (typeof value === 'string') return /^\d+$/.test(value) ? Number(value) : value;
  throw badConfiguration('"thread" in the launch configuration has to be a thread id or a thread name.');
}

function readSourceMap(value: unknown): LaunchArguments['sourceMap'] {
  if (value === undefined || value === null) return [];
  const pairs = isRecord(value) ? Object.entries(value) : undefined;
  if (!pairs?.every((pair): pair is [string, string] => typeof pair[1] === 'string')) {
    throw badConfiguration('"sourceMap" in the launch configuration has to map paths to paths.');
  }
  return pairs.sort(([a], [b]) => b.length - a.length);
}
