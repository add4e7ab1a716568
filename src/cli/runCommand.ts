import { Command, CommanderError } from 'commander';
import type { Commands } from './commandTable.js';
import { EXIT } from './exitCodes.js';
import { stdoutGone, warn } from './output.js';

/**
 * Runs what the command line asks for; sets the exit code.
 *
 * @param argv as `process.argv` has it
 * @param commands of which the one that is meant is loaded, or all: for help, and to say that there is no such command
 */
export async function runCommand(argv: readonly string[], commands: Commands): Promise<void> {
  stdoutGone();
  const program = new Command('redzone')
    .description('Reads Linux core dumps: why each process died, with the evidence.')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('(redzone --help lists the commands)');
  try {
    const meant = commands[argv[2] ?? ''];
    const loads = meant === undefined ? Object.values(commands) : [meant];
    for (const command of await Promise.all(loads.map((load) => load()))) program.addCommand(command.exitOverride());
    await program.parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
      return;
    }
    warn(error instanceof Error ? error.message : String(error));
    process.exitCode = EXIT.nothingRead;
  }
}

declare const VERSION: string;
