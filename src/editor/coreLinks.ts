import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import type { CorePlace } from '../shared/protocol.js';
import type { OpenPages } from './openPages.js';

/** The authority of this extension's links. */
const AUTHORITY = 'redzone.redzone';

/** A link that opens a core at a place of it, for chats and issues: `vscode://redzone.redzone/core?path=...&thread=...&address=...`. */
export function coreLink(core: vscode.Uri, place: CorePlace): string {
  const query = new URLSearchParams({ path: core.fsPath });
  if (place.tid !== undefined) query.set('thread', String(place.tid));
  if (place.frame !== undefined) query.set('frame', String(place.frame));
  if (place.address !== undefined) query.set('address', place.address);
  return `${vscode.env.uriScheme}://${AUTHORITY}/core?${query.toString()}`;
}

/** Opens such links, and those of data sets through `population`: an extension has one handler. The editor has asked the user by then. */
export function registerLinks(
  pages: OpenPages,
  population: (query: URLSearchParams) => Promise<void>,
): vscode.Disposable {
  return vscode.window.registerUriHandler({
    handleUri: async (uri) => {
      const query = new URLSearchParams(uri.query);
      if (uri.path === '/population') {
        await population(query);
        return;
      }
      const path = query.get('path') ?? '';
      if (uri.path !== '/core' || !isAbsolute(path)) {
        void vscode.window.showErrorMessage(`This link names no core: ${uri.toString(true).slice(0, 200)}`);
        return;
      }
      await pages.show(vscode.Uri.file(path), placeOf(query));
    },
  });
}

/** What of a query is a place; anything else in it is left alone. */
export function placeOf(query: URLSearchParams): CorePlace {
  const [tid, frame] = [countOf(query.get('thread')), countOf(query.get('frame'))];
  const address = query.get('address') ?? '';
  return {
    ...(tid === undefined ? {} : { tid }),
    ...(frame === undefined ? {} : { frame }),
    ...(/^0x[0-9a-f]{1,16}$/i.test(address) ? { address } : {}),
  };
}

function countOf(text: string | null): number | undefined {
  return text !== null && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
