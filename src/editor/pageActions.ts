import * as vscode from 'vscode';
import { corePath } from './corePlace.js';
import type { PageAction, Remedy } from '../shared/protocol.js';
import type { AnnotationAction } from './annotations/pageAnnotations.js';
import { debugCore, showTextReport } from './commands.js';
import type { DebuggerFocus } from './debugger/debuggerFocus.js';
import type { CoreSession } from '../session/coreSession.js';
import { coreLink } from './coreLinks.js';
import type { StackMarks } from './stackMarks.js';
import { openSource } from './openSource.js';
import { openOptions } from './settings.js';
import type { WorkspaceSources } from './workspaceSources.js';

/** Does what a page wants done, and says so when it cannot be. */
export function pageActions({ log, ...parts }: PageActionParts): (uri: vscode.Uri, action: HostAction) => void {
  return (uri, action) => {
    perform(parts, uri, action).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      log.error(`${action.kind}: ${message}`);
      void vscode.window.showErrorMessage(message);
    });
  };
}

/** Reloading and annotations are the affair of the page's own document. */
export type HostAction = Exclude<PageAction, { kind: 'reload' } | AnnotationAction>;

interface PageActionParts {
  readonly log: vscode.LogOutputChannel;
  readonly session: CoreSession;
  readonly sources: WorkspaceSources;
  readonly marks: StackMarks;
  readonly focus: DebuggerFocus;
}

async function perform(
  { session, sources, marks, focus }: Omit<PageActionParts, 'log'>,
  uri: vscode.Uri,
  action: HostAction,
): Promise<void> {
  switch (action.kind) {
    case 'debug':
      await debugCore(uri);
      return;
    case 'textReport':
      await showTextReport(uri);
      return;
    case 'openAsText':
      await vscode.commands.executeCommand('vscode.openWith', uri, 'default');
      return;
    case 'copy':
      await vscode.env.clipboard.writeText(action.text);
      return;
    case 'writeUp':
      await vscode.commands.executeCommand('redzone.exportWriteUp', uri);
      return;
    case 'compareCore':
      await vscode.commands.executeCommand('redzone.compareSelected', uri);
      return;
    case 'compareText':
      await vscode.commands.executeCommand('redzone.compareAsText', uri, [uri, vscode.Uri.parse(action.core, true)]);
      return;
    case 'openHex':
      await vscode.commands.executeCommand('vscode.openWith', uri, 'hexEditor.hexedit');
      return;
    case 'mend':
      await mend(action.remedy);
      return;
    case 'copyLink':
      await vscode.env.clipboard.writeText(coreLink(uri, action.place));
      return;
    case 'looksAt':
      await marks.look(uri, action.tid);
      return;
    case 'chooseFrame':
      await focus.lead(uri, action);
      return;
    case 'openSource':
      await openSource(sources, action.file, action.line, await digestOf(session, uri, action.file));
  }
}

/** MD5 of the text that was compiled, where the core's debug information has it. */
async function digestOf(session: CoreSession, uri: vscode.Uri, file: string): Promise<string | undefined> {
  const core = await session.open(corePath(uri), openOptions(uri));
  try {
    return (await core.ask('sourceDigest', { file })).md5;
  } finally {
    await core.close();
  }
}

async function mend(remedy: Remedy): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', `redzone.${remedy}`);
}
