import { Command, InvalidArgumentError } from 'commander';
import { serveOnSocket } from '../../adapter/socket.js';
import { runOnStdio } from '../../adapter/stdio.js';
import type { CoreSession } from '../../session/coreSession.js';
import { createInThreadSession } from '../../session/inThreadSession.js';
import { EXIT } from '../exitCodes.js';
import { warn } from '../output.js';

/** `redzone dap`: the debug adapter for any client that speaks the protocol. */
export function dapCommand(): Command {
  return new Command('dap')
    .description('the debug adapter on standard input and output, or on a socket')
    .option('--port <number>', 'listen on this port of 127.0.0.1, one session a connection; 0 picks one', parsePort)
    .action(async ({ port }: { readonly port?: number }) => {
      const session = createInThreadSession();
      if (port === undefined) await runOnStdio(session);
      else await serve(session, port);
      await session.dispose();
    });
}

/** Serves until it is interrupted. */
async function serve(session: CoreSession, port: number): Promise<void> {
  try {
    const server = await serveOnSocket(session, port);
    warn(`listening on 127.0.0.1:${server.port}`);
    await new Promise<void>((resolve) => {
      const end = (): void => {
        resolve();
      };
      process.once('SIGINT', end).once('SIGTERM', end);
    });
    await server.close();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const why = code === 'EACCES' ? 'no permission' : 'something listens there already';
    warn(`port ${port} cannot be listened on: ${why}`);
    process.exitCode = EXIT.usage;
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError('A number from 0 to 65535.');
  return port;
}
