import { PART_THREAD } from '../session/worker/parts/partProtocol.js';
import { TRIAGE_THREAD } from '../session/worker/pool/poolProtocol.js';
import { triageCommand } from './commands/triage.js';
import { runCommand } from './runCommand.js';

/**
 * `redzone triage` by itself, since loading the other commands takes longer than labelling a core; its threads run this same bundle, whose
 * machine code is there already.
 */
async function main(): Promise<void> {
  const [, , command] = process.argv;
  if (command === TRIAGE_THREAD && (await import('../session/worker/pool/serveTriage.js')).serveTriage()) return;
  if (command === PART_THREAD && (await import('../session/worker/parts/serveParts.js')).serveParts()) return;
  await runCommand(process.argv, { triage: () => Promise.resolve(triageCommand()) });
}

void main();
