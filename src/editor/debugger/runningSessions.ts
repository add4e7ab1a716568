import * as vscode from 'vscode';

/** The debug sessions on cores that run in this window. */
export class RunningSessions implements vscode.Disposable {
  readonly #running = new Set<vscode.DebugSession>();
  readonly #listening = vscode.Disposable.from(
    vscode.debug.onDidStartDebugSession((started) => {
      if (started.type === 'redzone') this.#running.add(started);
    }),
    vscode.debug.onDidTerminateDebugSession((ended) => this.#running.delete(ended)),
  );

  get all(): readonly vscode.DebugSession[] {
    return [...this.#running];
  }

  withId(id: string): vscode.DebugSession | undefined {
    return this.all.find((session) => session.id === id);
  }

  /** The sessions on the core at `path`, the active one first. */
  on(path: string): readonly vscode.DebugSession[] {
    const active = vscode.debug.activeDebugSession?.id;
    return this.all
      .filter(({ configuration }) => configuration['core'] === path)
      .sort((a, b) => Number(b.id === active) - Number(a.id === active));
  }

  dispose(): void {
    this.#listening.dispose();
  }
}
