import * as vscode from 'vscode';
import { corePath } from '../corePlace.js';
import { writeUp } from '../../session/annotations/writeUp.js';
import type { CoreSession } from '../../session/coreSession.js';
import { openOptions } from '../settings.js';
import type { AnnotationStores } from '../../session/annotations/annotationStores.js';

/** Opens verdict, stacks and annotations of a core as a new Markdown document. */
export async function showWriteUp(uri: vscode.Uri, session: CoreSession, stores: AnnotationStores): Promise<void> {
  const content = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: 'Writing up…' },
    async () => {
      const core = await session.open(corePath(uri), openOptions(uri));
      try {
        return await writeUp(core, (await stores.of(core)).annotations);
      } finally {
        await core.close();
      }
    },
  );
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'markdown', content }));
}
