import * as vscode from 'vscode';
import type { CoreSession, OpenedCore, OpenOptions } from '../session/coreSession.js';

/** Opens a core; while servers are asked for files, a notification tells how far that is and can end it. */
export async function openWatched(session: CoreSession, path: string, options: OpenOptions): Promise<OpenedCore> {
  if (options.debuginfod === undefined) return session.open(path, options);
  const title = 'Redzone: fetching debug files';
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (report, token) => {
      const cancelled = new AbortController();
      const registration = token.onCancellationRequested(() => {
        cancelled.abort();
      });
      let told = 0;
      const progress = (done: number): void => {
        report.report({ increment: Math.max(0, done - told) * 100 });
        told = Math.max(told, done);
      };
      try {
        return await session.open(path, options, { signal: cancelled.signal, progress });
      } finally {
        registration.dispose();
      }
    },
  );
}
