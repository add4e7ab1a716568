import * as vscode from 'vscode';

/** Shorter work needs no sign. */
const PATIENCE_MS = 300;

/** A turning sign in the status bar while the engine works on something that takes its time. */
export class BusySign implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('redzone.busy', vscode.StatusBarAlignment.Left);
  #running = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    this.#item.name = 'Redzone';
    this.#item.text = '$(sync~spin) Redzone';
    this.#item.tooltip = 'Reading a core dump';
  }

  /** Shows the sign until `work` is settled, if that takes a moment; gives back `work`. */
  during<T>(work: Promise<T>): Promise<T> {
    this.#running++;
    this.#timer ??= setTimeout(() => {
      this.#item.show();
    }, PATIENCE_MS);
    const done = () => {
      if (--this.#running > 0) return;
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#item.hide();
    };
    work.then(done, done);
    return work;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#item.dispose();
  }
}
