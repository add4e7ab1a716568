import { isMainThread } from 'node:worker_threads';
import { Command, CommanderError } from 'commander';
import { serveTriage } from '../session/worker/pool/serveTriage.js';
import { auditCommand } from './commands/audit.js';
import { dapCommand } from './commands/dap.js';
import { inspectCommand } from './commands/inspect.js';
import { mcpCommand } from './commands/mcp.js';
import { searchCommand } from './commands/search.js';
import { populationCommand } from './commands/population.js';
import { triageCommand } from './commands/triage.js';
import { watchCommand } from './commands/watch.js';
import { EXIT } from './exitCodes.js';
import { stdoutGone, warn } from './output.js';

/** The `redzone` command. */
async function main(argv: readonly string[]): Promise<void> {
  stdoutGone();
  const program = new Command('redzone')
    .description('Reads Linux core dumps: why each process died, with the evidence.')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('(redzone --help lists the commands)');
  for (const command of [
    triageCommand(),
    inspectCommand(),
    searchCommand(),
    populationCommand(),
    watchCommand(),
    auditCommand(),
    dapCommand(),
    mcpCommand(),
  ])
    program.addCommand(command.exitOverride());
  try {
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

// The threads of a triage run this same bundle, whose machine code is there already.
if (isMainThread) void main(process.argv);
else serveTriage();
