import { Command } from 'commander';
import { auditFile, type AuditReport } from '../../session/auditFile.js';
import { OpenError } from '../../session/coreSession.js';
import { EXIT } from '../exitCodes.js';
import { print, warn } from '../output.js';

/** `redzone audit`: does this file's register-restore routine have the hole of the write-up? */
export function auditCommand(): Command {
  return new Command('audit')
    .description('does this library read a context after it has moved the stack pointer away from it?')
    .argument('<file>', 'a library or program')
    .option('--json', 'as one JSON object')
    .action((path: string, options: { json?: boolean }) => run(path, options.json === true));
}

async function run(path: string, json: boolean): Promise<void> {
  try {
    const report = auditFile(path);
    await print(json ? `${JSON.stringify(report, null, 1)}\n` : text(report));
    process.exitCode = EXIT.done;
  } catch (error) {
    if (!(error instanceof OpenError)) throw error;
    warn(error.message);
    process.exitCode = EXIT.nothingRead;
  }
}

function text(report: AuditReport): string {
  const lines = [`${report.file}${report.buildId === undefined ? '' : `  build id ${report.buildId}`}`];
  if (report.routines.length === 0) {
    lines.push('no routine restores %rsp and then goes on reading through the same pointer');
    if (report.sound.length === 0)
      lines.push('nor is there one that restores %rsp at all: who unwinds here lies in another file');
  }
  for (const routine of report.routines) {
    lines.push(
      '',
      `${nameOf(routine)}: reads the context after moving %rsp. Where the context then lies below %rsp, as in the frame of an unwinder, a signal that arrives at a marked instruction or before it overwrites what is read next; a context kept elsewhere is safe.`,
    );
    for (const { address, text: instruction, late } of routine.instructions)
      lines.push(`  ${late ? '>' : ' '} ${address.padStart(12)}  ${instruction}`);
  }
  for (const routine of report.sound) {
    const instructions = routine.instructions.map((decoded) => decoded.text).join('; ');
    lines.push(
      '',
      `${nameOf(routine)}: reads nothing of the context after moving %rsp (${routine.address}: ${instructions})`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function nameOf({ function: name, start }: AuditReport['routines'][number]): string {
  return name ?? (start === undefined ? '(no symbol)' : `the function at ${start} (no symbol)`);
}
