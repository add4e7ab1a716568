import * as vscode from 'vscode';
import type { CoreSession } from '../../session/coreSession.js';
import type { AnnotationTarget } from '../../shared/annotations.js';
import type { CorePlace } from '../../shared/protocol.js';
import type { OpenPages } from '../openPages.js';
import { pickCore } from '../pickCore.js';
import type { AnnotationStores } from '../../session/annotations/annotationStores.js';
import { AnnotationTree, type AnnotationNode } from './annotationTree.js';
import { showWriteUp } from './showWriteUp.js';

/** The view of the workspace's annotations, and the commands on it. */
export function registerAnnotations(
  session: CoreSession,
  stores: AnnotationStores,
  pages: OpenPages,
): vscode.Disposable {
  const tree = new AnnotationTree(() => {
    stores.reload();
  });
  return vscode.Disposable.from(
    tree,
    vscode.window.registerTreeDataProvider('redzone.annotations', tree),
    vscode.commands.registerCommand('redzone.showAnnotation', (core: vscode.Uri, target: AnnotationTarget) =>
      pages.show(core, placeOf(target)),
    ),
    vscode.commands.registerCommand('redzone.exportWriteUp', async (given?: vscode.Uri | AnnotationNode) => {
      const uri = given instanceof vscode.Uri ? given : (given?.core ?? pages.active() ?? (await pickCore()));
      if (uri) await showWriteUp(uri, session, stores);
    }),
  );
}

function placeOf(target: AnnotationTarget): CorePlace {
  if ('slot' in target) return { address: target.slot, ...(target.tid === undefined ? {} : { tid: target.tid }) };
  if ('range' in target) return { address: target.range };
  const { tid, frame } = target;
  return 'register' in target ? { tid, frame, register: target.register } : { tid, frame };
}
