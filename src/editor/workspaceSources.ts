import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type SourceMatch, SourceResolver, type SourceRules } from '../session/sourceResolver.js';

/** More files of one name are not told apart by hand. */
const MOST_OF_A_NAME = 200;
const CHOSEN = 'redzone.chosenSources';

/**
 * The sources of this workspace, for the pages and the debugger alike: one place that knows the setting `redzone.sourceMap`, the files
 * of the workspace, and what was chosen where several go equally well.
 */
export class WorkspaceSources implements vscode.Disposable {
  readonly #state: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  /** Something was chosen: what was found before may be found elsewhere now. */
  readonly onDidChange = this.#changed.event;
  readonly #asking = new Map<string, Promise<string | undefined>>();

  /** @param state where choices are kept */
  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  /** The rules of this workspace. @param scope of the settings */
  rules(scope?: vscode.Uri): SourceRules {
    const sourceMap = vscode.workspace.getConfiguration('redzone', scope).get<Record<string, string>>('sourceMap', {});
    return {
      sourceMap: Object.entries(sourceMap).filter((pair) => typeof pair[1] === 'string'),
      workspace: filesNamed,
      chosen: (file) => this.#choices()[file],
    };
  }

  /** Where a source file is; where several go equally well the user is asked. @param md5 of the text that was compiled */
  async find(file: string, md5?: string, scope?: vscode.Uri): Promise<SourceMatch> {
    const match = await new SourceResolver(this.rules(scope)).resolve(file, md5);
    if (match.kind !== 'ambiguous') return match;
    const path = await this.ask(file, match.candidates);
    return path === undefined ? match : { kind: 'found', path, how: 'chosen' };
  }

  /** Asks once which file is meant, and remembers the answer. @returns `undefined` when the question was put away */
  ask(file: string, candidates: readonly string[]): Promise<string | undefined> {
    const asked = this.#asking.get(file);
    if (asked !== undefined) return asked;
    const asking = this.#ask(file, candidates).finally(() => this.#asking.delete(file));
    this.#asking.set(file, asking);
    return asking;
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #ask(file: string, candidates: readonly string[]): Promise<string | undefined> {
    const items = candidates.map((path) => ({ label: vscode.workspace.asRelativePath(path), path }));
    const chosen = await vscode.window.showQuickPick(items, {
      title: `Which file is ${basename(file)}?`,
      placeHolder: `The core was built from ${file}`,
    });
    if (chosen === undefined) return undefined;
    await this.#state.update(CHOSEN, { ...this.#choices(), [file]: chosen.path });
    this.#changed.fire();
    return chosen.path;
  }

  #choices(): Readonly<Record<string, string>> {
    return this.#state.get<Readonly<Record<string, string>>>(CHOSEN, {});
  }
}

async function filesNamed(name: string): Promise<readonly string[]> {
  const found = await vscode.workspace.findFiles(`**/${globLiteral(name)}`, undefined, MOST_OF_A_NAME);
  return found.filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath);
}

/** The name comes from a core: its wildcards are letters. */
function globLiteral(text: string): string {
  return text.replace(/[[\]{}*?]/g, (character) => `[${character}]`);
}
