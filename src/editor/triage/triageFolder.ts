import { createWriteStream, mkdirSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { runTriage } from '../../session/worker/triageRun/runTriage.js';
import type { TriageRunMessage } from '../../session/worker/triageRun/triageRunProtocol.js';
import { openOptions } from '../settings.js';
import { pickPlace } from './pickPlace.js';

/** Registers "Triage Folder or Bucket...", which takes the place as its argument, or asks. Its result is a file of JSON lines. */
export function registerTriage(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): vscode.Disposable {
  const script = context.asAbsolutePath('dist/triageRun.js');
  const folder = join(context.globalStorageUri.fsPath, 'triage');
  return vscode.commands.registerCommand('redzone.triageFolder', async (given?: unknown) => {
    const place = given instanceof vscode.Uri ? given.fsPath : typeof given === 'string' ? given : await pickPlace();
    if (place === undefined) return undefined;
    const result = await withProgress(place, { script, folder, log });
    if (result.rows > 0) await vscode.window.showTextDocument(vscode.Uri.file(result.file), { preview: false });
    tell(place, result);
    return result;
  });
}

interface Result {
  readonly file: string;
  readonly rows: number;
  readonly cancelled: boolean;
  readonly problems: readonly string[];
}

interface Surroundings {
  readonly script: string;
  readonly folder: string;
  readonly log: vscode.LogOutputChannel;
}

function withProgress(place: string, surroundings: Surroundings): Thenable<Result> {
  const title = `Triage of ${place}`;
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, token) => triage(place, surroundings, progress, token),
  );
}

async function triage(
  place: string,
  { script, folder, log }: Surroundings,
  progress: vscode.Progress<{ message?: string }>,
  token: vscode.CancellationToken,
): Promise<Result> {
  const stop = new AbortController();
  const cancellation = token.onCancellationRequested(() => {
    stop.abort();
  });
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `triage-${new Date().toISOString().replace(/[:.]/g, '-')}.ndjson`);
  const out = createWriteStream(file);
  const problems: string[] = [];
  let rows = 0;
  const onMessage = (message: TriageRunMessage): void => {
    if (message.kind === 'problem') {
      problems.push(message.message);
      log.warn(message.message);
      return;
    }
    rows += message.lines.length;
    out.write(`${message.lines.join('\n')}\n`);
    const most = message.counts.slice(0, 3).map(([kind, count]) => `${count} ${kind}`);
    progress.report({ message: `${rows} cores: ${most.join(', ')}` });
  };
  try {
    const settings = { inputs: [place], options: openOptions(vscode.Uri.file('/')) };
    await runTriage(script, settings, onMessage, stop.signal);
  } finally {
    cancellation.dispose();
    out.end();
    await once(out, 'close');
  }
  return { file, rows, cancelled: stop.signal.aborted, problems };
}

function tell(place: string, { rows, cancelled, problems }: Result): void {
  const [problem] = problems;
  if (problem !== undefined) void vscode.window.showWarningMessage(problem);
  else if (rows === 0 && !cancelled) void vscode.window.showInformationMessage(`No cores were found in ${place}.`);
}
