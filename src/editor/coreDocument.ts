import type * as vscode from 'vscode';
import { corePath } from './corePlace.js';
import type { CoreSession, OpenedCore } from '../session/coreSession.js';
import { openWatched } from './openWatched.js';
import { openOptions } from './settings.js';

/** A core file that is shown in one or more editors. It is opened in the engine when the first page asks, and closed with the last. */
export class CoreDocument implements vscode.CustomDocument {
  readonly #session: CoreSession;
  #opened: Promise<OpenedCore> | undefined;
  readonly #listeners = new Set<() => void>();
  #stopHearing: () => void = () => undefined;

  constructor(
    readonly uri: vscode.Uri,
    session: CoreSession,
  ) {
    this.#session = session;
  }

  /** The opened core; rejects with `OpenError` when the file cannot be opened as one, and tries again the next time. */
  opened(): Promise<OpenedCore> {
    if (this.#opened) return this.#opened;
    const opening = openWatched(this.#session, corePath(this.uri), openOptions(this.uri));
    this.#opened = opening;
    opening.then(
      (core) => {
        if (this.#opened === opening) this.#stopHearing = core.onReloaded(this.#tell);
      },
      () => {
        if (this.#opened === opening) this.#opened = undefined;
      },
    );
    return opening;
  }

  /** Called after the file was read anew, whoever wanted it: a page, or a debugger that was restarted. The return value unsubscribes. */
  onReloaded(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads the file anew, for everybody who has it open; rejects with `OpenError` when it is no core now. */
  async reload(): Promise<void> {
    await (await this.opened()).reload();
  }

  /** Gives up the opened core, so that the next question opens the file anew. */
  reset(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    this.#stopHearing();
    // A core that never opened, or whose engine has died, needs no closing.
    void opened?.then((core) => core.close()).catch(() => undefined);
  }

  readonly #tell = (): void => {
    for (const listener of [...this.#listeners]) listener();
  };

  dispose(): void {
    this.reset();
  }
}
