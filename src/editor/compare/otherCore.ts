import * as vscode from 'vscode';
import { CoreComparison } from '../../session/compare/coreComparison.js';
import type { CoreSession, OpenedCore } from '../../session/coreSession.js';
import type { CoreLine, QuestionParams } from '../../shared/protocol.js';
import type { CompareAnswer } from '../../shared/queries.js';
import { corePath } from '../corePlace.js';
import { openOptions } from '../settings.js';

/** The core that stands beside the one of a page: open from the first question on until another takes its place or the page goes. */
export class OtherCore implements vscode.Disposable {
  readonly #session: CoreSession;
  readonly #comparison = new CoreComparison();
  #open: { readonly name: string; readonly core: Promise<OpenedCore> } | undefined;

  constructor(session: CoreSession) {
    this.#session = session;
  }

  /** @param own the page's core */
  async compare(
    own: OpenedCore,
    { core, left, tid, ...page }: QuestionParams<CoreLine, 'compareCores'>,
    signal: AbortSignal,
  ): Promise<CompareAnswer> {
    const right = await this.#opened(core);
    const pair = { left: own, right, leftStack: left, ...(tid === undefined ? {} : { rightTid: tid }) };
    return this.#comparison.page(pair, page, signal);
  }

  dispose(): void {
    const open = this.#open;
    this.#open = undefined;
    // One that never opened, or whose engine has died, needs no closing.
    void open?.core.then((core) => core.close()).catch(() => undefined);
  }

  #opened(name: string): Promise<OpenedCore> {
    if (this.#open?.name === name) return this.#open.core;
    this.dispose();
    const uri = vscode.Uri.parse(name, true);
    const opening = this.#session.open(corePath(uri), openOptions(uri));
    const open = { name, core: opening };
    this.#open = open;
    opening.catch(() => {
      if (this.#open === open) this.#open = undefined;
    });
    return opening;
  }
}
