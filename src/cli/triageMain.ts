import { TRIAGE_THREAD } from '../session/worker/pool/poolProtocol.js';
import { triageCommand } from './commands/triage.js';
import { runCommand } from './runCommand.js';

/**
 * `redzone triage` by itself, since loading the other commands takes longer than labelling a core; its threads run this same bundle, whose
 * machine code is there already.
 */
async function main(): Promise<void> {
  if (process.argv[2] === TRIAGE_THREAD && (await import('../session/worker/pool/serveTriage.js')).serveTriage())
    return;
  await runCommand(process.argv, { triage: () => Promise.resolve(triageCommand()) });
}

void main();
