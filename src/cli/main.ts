import { COMMANDS } from './commandTable.js';
import { runCommand } from './runCommand.js';

/** The `redzone` command, all of it. */
void runCommand(process.argv, COMMANDS);
