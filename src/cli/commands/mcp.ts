import { Command } from 'commander';
import { createInThreadSession } from '../../session/inThreadSession.js';
import { type BinaryOptions, openOptions, withBinaryOptions } from '../binaryOptions.js';
import { serveMcp } from '../mcp/mcpServer.js';

/** `redzone mcp`: the same questions as tools for language models. */
export function mcpCommand(): Command {
  const command = new Command('mcp').description(
    'the same questions as tools for language models: the Model Context Protocol on standard input and output',
  );
  return withBinaryOptions(command).action(async (options: BinaryOptions) => {
    const session = createInThreadSession();
    try {
      await serveMcp(session, openOptions(options), VERSION, { input: process.stdin, output: process.stdout });
    } finally {
      await session.dispose();
    }
  });
}

declare const VERSION: string;
