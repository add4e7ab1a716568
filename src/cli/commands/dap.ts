import { Command } from 'commander';
import { runOnStdio } from '../../adapter/stdio.js';
import { createInThreadSession } from '../../session/inThreadSession.js';

/** `redzone dap`: the debug adapter for any client that speaks the protocol. */
export function dapCommand(): Command {
  return new Command('dap').description('the debug adapter on standard input and output').action(async () => {
    const session = createInThreadSession();
    await runOnStdio(session);
    await session.dispose();
  });
}
