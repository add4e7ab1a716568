import * as vscode from 'vscode';
import { registerAnnotations } from './editor/annotations/annotationCommands.js';
import { registerCommands } from './editor/commands.js';
import { BusySign } from './editor/busySign.js';
import { registerCompare } from './editor/compare/compareCommands.js';
import { registerLinks } from './editor/coreLinks.js';
import { StackMarks } from './editor/stackMarks.js';
import { registerTerminalLinks } from './editor/terminalLinks.js';
import { coreUri } from './editor/corePlace.js';
import { CoreEditorProvider } from './editor/coreEditorProvider.js';
import { VIEW_TYPES } from './editor/coreViewType.js';
import { DebuggerFocus } from './editor/debugger/debuggerFocus.js';
import { registerDebuggerNotes } from './editor/debugger/debuggerNotes.js';
import { registerDebugger } from './editor/debugger/debugging.js';
import { RunningSessions } from './editor/debugger/runningSessions.js';
import { OpenPages } from './editor/openPages.js';
import { pageActions } from './editor/pageActions.js';
import { registerPopulationCommands } from './editor/population/populationCommands.js';
import { followPopulationLink } from './editor/population/populationLinks.js';
import { POPULATION_VIEW, PopulationPages } from './editor/population/populationPages.js';
import { registerRowCommands } from './editor/rowCommands.js';
import { REPORT_SCHEME, TextReportProvider } from './editor/textReport.js';
import { registerTriage } from './editor/triage/triageFolder.js';
import { annotationFolder, annotationAuthor } from './editor/settings.js';
import { WorkspaceSources } from './editor/workspaceSources.js';
import { AnnotationStores } from './session/annotations/annotationStores.js';
import type { CoreSession } from './session/coreSession.js';
import { createWorkerSession } from './session/worker/workerSession.js';

let engine: CoreSession | undefined;

/** Puts the parts together: one session in a worker, and the faces that look through it. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Redzone', { log: true });
  const session = createWorkerSession(context.asAbsolutePath('dist/engineWorker.js'));
  engine = session;
  const pages = new OpenPages();
  const sources = new WorkspaceSources(context.workspaceState);
  const marks = new StackMarks(session, sources);
  const busy = new BusySign();
  const annotations = new AnnotationStores({
    author: (path) => annotationAuthor(coreUri(path)),
    folder: (path) => annotationFolder(coreUri(path)),
  });
  const running = new RunningSessions();
  const focus = new DebuggerFocus(pages, running);
  const { extensionUri } = context;
  const provider = new CoreEditorProvider({
    extensionUri,
    session,
    log,
    pages,
    annotations,
    busy,
    act: pageActions({ log, session, sources, marks, focus }),
  });
  const populations = new PopulationPages({
    extensionUri,
    log,
    workerScript: context.asAbsolutePath('dist/populationWorker.js'),
    queryScript: context.asAbsolutePath('dist/query.js'),
  });
  context.subscriptions.push(
    log,
    sources,
    ...VIEW_TYPES.map((viewType) =>
      vscode.window.registerCustomEditorProvider(viewType, provider, { supportsMultipleEditorsPerDocument: true }),
    ),
    vscode.workspace.registerTextDocumentContentProvider(REPORT_SCHEME, new TextReportProvider(session)),
    registerCommands(pages),
    marks,
    busy,
    registerRowCommands(pages),
    registerTerminalLinks(),
    registerLinks(pages, (query) => followPopulationLink(query, populations)),
    registerCompare(session, pages),
    registerAnnotations(session, annotations, pages),
    running,
    registerDebugger({ session, pages, sources, notes: annotations, running }),
    registerDebuggerNotes(running),
    focus,
    registerTriage(context, log),
    vscode.window.registerCustomEditorProvider(POPULATION_VIEW, populations, {
      webviewOptions: { retainContextWhenHidden: true },
    }),
    registerPopulationCommands(populations),
  );
}

/** Ends the engine with the window. */
export async function deactivate(): Promise<void> {
  await engine?.dispose();
}
