import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { isNamedLikeCore } from '../session/coreNames.js';
import { pickCore } from './pickCore.js';

const WORDS = /\(core dumped\)|core dumped/g;

/** Makes "core dumped" in a terminal a link: it opens the newest core in the folder where the program ran. */
export function registerTerminalLinks(): vscode.Disposable {
  return vscode.window.registerTerminalLinkProvider({
    provideTerminalLinks: ({ line, terminal }) =>
      [...line.matchAll(WORDS)].map((match) => new DumpedLink(match.index, match[0].length, terminal)),
    handleTerminalLink: async ({ terminal }: DumpedLink) => {
      const core = (await newestCore(foldersOf(terminal))) ?? (await elsewhere());
      if (core) await vscode.commands.executeCommand('redzone.openAsCore', core);
    },
  });
}

class DumpedLink extends vscode.TerminalLink {
  constructor(
    start: number,
    length: number,
    readonly terminal: vscode.Terminal,
  ) {
    super(start, length, 'Open the newest core dump');
  }
}

function foldersOf(terminal: vscode.Terminal): vscode.Uri[] {
  const options = terminal.creationOptions;
  const started = 'cwd' in options ? options.cwd : undefined;
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
  const first = terminal.shellIntegration?.cwd ?? (typeof started === 'string' ? vscode.Uri.file(started) : started);
  return first === undefined ? folders : [first, ...folders];
}

/** Of the first folder that holds any. */
async function newestCore(folders: readonly vscode.Uri[]): Promise<vscode.Uri | undefined> {
  for (const folder of folders) {
    let newest: { readonly uri: vscode.Uri; readonly time: number } | undefined;
    for (const [name, type] of await vscode.workspace.fs.readDirectory(folder).then(undefined, () => [])) {
      if (type !== vscode.FileType.File || !isNamedLikeCore(name)) continue;
      const uri = vscode.Uri.joinPath(folder, name);
      const { mtime } = await vscode.workspace.fs.stat(uri);
      if (newest === undefined || mtime > newest.time) newest = { uri, time: mtime };
    }
    if (newest) return newest.uri;
  }
  return undefined;
}

/** The kernel has put it somewhere else: says where, and lets the user choose. */
async function elsewhere(): Promise<vscode.Uri | undefined> {
  const pattern = await readFile('/proc/sys/kernel/core_pattern', 'utf8').catch(() => '');
  const where = pattern.startsWith('|')
    ? `The kernel hands cores to ${pattern.slice(1).split(' ', 1)[0] ?? 'a program'}; systemd keeps them in /var/lib/systemd/coredump.`
    : `The kernel writes cores to ${pattern.trim() || 'a place of its own'}.`;
  const choose = 'Choose a Core…';
  const chosen = await vscode.window.showInformationMessage(`No core lies in this folder. ${where}`, choose);
  return chosen === choose ? pickCore() : undefined;
}
