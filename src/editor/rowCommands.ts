import * as vscode from 'vscode';
import type { RowCommand } from '../shared/protocol.js';
import type { OpenPages } from './openPages.js';

/** The commands that mean the row under the menu or the focus: the page knows which that is, and does them. */
export function registerRowCommands(pages: OpenPages): vscode.Disposable {
  return vscode.Disposable.from(
    ...Object.entries(COMMANDS).map(([name, command]) =>
      vscode.commands.registerCommand(`redzone.${name}`, () => {
        pages.activePage()?.send({ type: 'perform', command });
      }),
    ),
  );
}

const COMMANDS: Readonly<Record<string, RowCommand>> = {
  copyAddress: 'copyAddress',
  copyValue: 'copyValue',
  copyRow: 'copyRow',
  copyGdbExpression: 'copyGdb',
  copyLink: 'copyLink',
  annotate: 'annotate',
  deleteAnnotation: 'deleteAnnotation',
  followPointer: 'follow',
  showMemory: 'showMemory',
  showDisassembly: 'showCode',
  openSourceOfFrame: 'openSource',
  searchValue: 'searchValue',
  searchPointers: 'searchPointers',
  compareThread: 'compareThread',
  find: 'find',
  undoAnnotation: 'undo',
  redoAnnotation: 'redo',
};
