import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { corePath, coreUri } from '../corePlace.js';
import { RedzoneDebugSession } from '../../adapter/redzoneDebugSession.js';
import type { CoreSession } from '../../session/coreSession.js';
import type { SourceRules } from '../../session/sourceResolver.js';
import type { AmbiguousSource } from '../../shared/debugging.js';
import type { NoteSource } from '../../session/annotations/noteSource.js';
import type { OpenPages } from '../openPages.js';
import { pickCore } from '../pickCore.js';
import { recentCores } from './recentCores.js';
import { isRemoteAddress } from '../../session/remote/remoteAddress.js';
import { openOptions } from '../settings.js';
import type { RunningSessions } from './runningSessions.js';
import type { WorkspaceSources } from '../workspaceSources.js';

/** Registers the debug type `redzone`: what its configurations mean, and an adapter that shares the editor's opened cores. */
export function registerDebugger({ session, pages, sources, notes, running }: DebuggerParts): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.debug.registerDebugConfigurationProvider('redzone', new ConfigurationProvider(pages)),
    vscode.debug.registerDebugConfigurationProvider(
      'redzone',
      { provideDebugConfigurations: recentCores },
      vscode.DebugConfigurationProviderTriggerKind.Dynamic,
    ),
    vscode.debug.registerDebugAdapterDescriptorFactory('redzone', {
      createDebugAdapterDescriptor: ({ workspaceFolder }) =>
        new vscode.DebugAdapterInlineImplementation(adapterOn(session, sources.rules(workspaceFolder?.uri), notes)),
    }),
    ...askingForSources(sources, running),
  );
}

/** What the debugger needs from outside. */
export interface DebuggerParts {
  readonly session: CoreSession;
  readonly pages: OpenPages;
  readonly sources: WorkspaceSources;
  readonly notes: NoteSource;
  readonly running: RunningSessions;
}

/** Where several files go equally well for a frame the user is asked once, and the debugger shows what was chosen. */
function askingForSources(sources: WorkspaceSources, running: RunningSessions): readonly vscode.Disposable[] {
  return [
    vscode.debug.onDidReceiveDebugSessionCustomEvent(({ event, body }) => {
      if (event !== 'redzone.ambiguousSource') return;
      const { file, candidates } = body as AmbiguousSource;
      void sources.ask(file, candidates);
    }),
    sources.onDidChange(() => {
      for (const session of running.all)
        void session.customRequest('redzone.sourcesChanged').then(undefined, () => undefined);
    }),
  ];
}

function adapterOn(session: CoreSession, rules: SourceRules, notes: NoteSource): vscode.DebugAdapter {
  const adapter = new RedzoneDebugSession(session, rules, notes);
  const disposable = new vscode.Disposable(() => {
    adapter.dispose();
  });
  return Object.assign(disposable, {
    onDidSendMessage: adapter.onDidSendMessage,
    handleMessage: (message: Parameters<RedzoneDebugSession['handleMessage']>[0]) => {
      adapter.handleMessage(message);
    },
  });
}

/** Completes configurations: the core in front where none is named, paths made absolute, folders from the settings. */
class ConfigurationProvider implements vscode.DebugConfigurationProvider {
  readonly #pages: OpenPages;

  constructor(pages: OpenPages) {
    this.#pages = pages;
  }

  async resolveDebugConfiguration(
    _folder: vscode.WorkspaceFolder | undefined,
    given: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    const configured: unknown = given['core'];
    if (typeof configured === 'string' && configured !== '') return complete(given, configured);
    const core = this.#pages.active() ?? (await pickCore());
    return core === undefined ? undefined : complete(given, corePath(core));
  }

  resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    given: vscode.DebugConfiguration,
  ): vscode.DebugConfiguration {
    const core = String(given['core']);
    const root = folder ?? vscode.workspace.workspaceFolders?.[0];
    const isWhole = isAbsolute(core) || isRemoteAddress(core);
    const path = isWhole || root === undefined ? core : vscode.Uri.joinPath(root.uri, core).fsPath;
    return { ...openOptions(coreUri(path)), ...given, core: path };
  }
}

/** A configuration made by F5 without a launch.json has neither type nor name. */
function complete(given: vscode.DebugConfiguration, core: string): vscode.DebugConfiguration {
  const named = given as Partial<vscode.DebugConfiguration>;
  return { ...given, type: 'redzone', request: 'launch', name: named.name ?? 'Core Dump', core };
}
