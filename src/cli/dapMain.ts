import { dapCommand } from './commands/dap.js';
import { runCommand } from './runCommand.js';

/** `redzone dap` by itself: an editor waits for its first stack, and loading the other commands takes as long as making it. */
void runCommand(process.argv, { dap: () => Promise.resolve(dapCommand()) });
