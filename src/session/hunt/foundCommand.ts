import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** Why a command cannot be run: one sentence. */
export class CommandError extends Error {}

/**
 * The command with its program as it is found from here: by its path, or on PATH.
 *
 * @throws CommandError
 */
export function foundCommand(command: readonly string[], path = process.env['PATH'] ?? ''): readonly string[] {
  const [program = '', ...args] = command;
  if (program.includes('/')) {
    const full = resolve(program);
    if (!isProgram(full)) throw new CommandError(`${program}: there is no such program, or it may not be run`);
    return [full, ...args];
  }
  if (!path.split(delimiter).some((folder) => isProgram(join(folder, program))))
    throw new CommandError(`${program}: no such command is on the PATH`);
  return command;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
