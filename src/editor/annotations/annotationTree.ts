import { basename } from 'node:path';
import * as vscode from 'vscode';
import { readSidecars } from '../../session/annotations/readSidecars.js';
import { SIDECAR_SUFFIX } from '../../session/annotations/sidecarPlaces.js';
import { type AnnotatedCore, type Annotation, type AnnotationMark, targetWords } from '../../shared/annotations.js';

/** Sidecars of a workspace that are listed: a tree with more helps nobody. */
const MOST_SIDECARS = 2000;

/** The view `redzone.annotations`: what was written on the cores of the workspace, by file. */
export class AnnotationTree implements vscode.TreeDataProvider<AnnotationNode>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #watcher = vscode.workspace.createFileSystemWatcher(`**/*${SIDECAR_SUFFIX}`);
  readonly #listening: vscode.Disposable;

  /** @param onWritten is called when any sidecar of the workspace was written */
  constructor(onWritten: () => void) {
    let timer: NodeJS.Timeout | undefined;
    const onEvent = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        onWritten();
        this.#changed.fire();
      }, 50);
    };
    this.#listening = vscode.Disposable.from(
      this.#watcher.onDidChange(onEvent),
      this.#watcher.onDidCreate(onEvent),
      this.#watcher.onDidDelete(onEvent),
      {
        dispose: () => {
          clearTimeout(timer);
        },
      },
    );
  }

  async getChildren(node?: AnnotationNode): Promise<AnnotationNode[]> {
    if (node === undefined) return this.#cores();
    if (node.kind === 'annotation') return [];
    return node.cores.flatMap((core) =>
      core.annotations.map((annotation): AnnotationNode => ({ kind: 'annotation', core: node.core, annotation })),
    );
  }

  getTreeItem(node: AnnotationNode): vscode.TreeItem {
    return node.kind === 'core' ? coreItem(node) : annotationItem(node);
  }

  dispose(): void {
    this.#listening.dispose();
    this.#watcher.dispose();
    this.#changed.dispose();
  }

  async #cores(): Promise<AnnotationNode[]> {
    const files = await vscode.workspace.findFiles(`**/*${SIDECAR_SUFFIX}`, '**/node_modules/**', MOST_SIDECARS);
    const nodes = files.map((sidecar): AnnotationNode => {
      const { file, problems } = readSidecars([sidecar.fsPath]);
      return { kind: 'core', sidecar, core: coreOf(sidecar), cores: file.cores, problem: problems[0] };
    });
    return nodes
      .filter((node) => node.kind === 'core' && (node.problem !== undefined || count(node.cores) > 0))
      .sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
  }
}

/** A row of the tree: a core with annotations, or one of them. */
export type AnnotationNode =
  | {
      readonly kind: 'core';
      readonly sidecar: vscode.Uri;
      /** Absent for a sidecar in the workspace's own folder: where its core lies is not in its name. */
      readonly core: vscode.Uri | undefined;
      readonly cores: readonly AnnotatedCore[];
      readonly problem: string | undefined;
    }
  | { readonly kind: 'annotation'; readonly core: vscode.Uri | undefined; readonly annotation: Annotation };

function coreItem(node: AnnotationNode & { kind: 'core' }): vscode.TreeItem {
  const name = basename(node.sidecar.path).slice(0, -SIDECAR_SUFFIX.length);
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  item.resourceUri = node.core ?? node.sidecar;
  item.iconPath = new vscode.ThemeIcon(node.problem === undefined ? 'file-binary' : 'warning');
  item.description = node.problem ?? node.cores.map(({ about }) => about).join('; ');
  item.tooltip = vscode.workspace.asRelativePath(node.core ?? node.sidecar);
  item.contextValue = node.core === undefined ? 'strangeCore' : 'core';
  return item;
}

function annotationItem({ core, annotation }: AnnotationNode & { kind: 'annotation' }): vscode.TreeItem {
  const { target, text, mark, author, changed, about } = annotation;
  const item = new vscode.TreeItem(text.split('\n', 1)[0] || targetWords(target));
  item.description = targetWords(target);
  item.iconPath = ICONS[mark];
  item.tooltip = [text, about ?? '', `${mark}, ${author}, ${changed}`].filter((line) => line !== '').join('\n');
  item.contextValue = 'annotation';
  if (core !== undefined)
    item.command = { command: 'redzone.showAnnotation', title: 'Show', arguments: [core, target] };
  return item;
}

const ICONS: Readonly<Record<AnnotationMark, vscode.ThemeIcon>> = {
  suspicious: new vscode.ThemeIcon('warning', new vscode.ThemeColor('editorWarning.foreground')),
  explained: new vscode.ThemeIcon('check', new vscode.ThemeColor('charts.green')),
  noted: new vscode.ThemeIcon('note'),
};

function coreOf(sidecar: vscode.Uri): vscode.Uri | undefined {
  const parts = sidecar.path.split('/');
  if (parts.at(-2) === '.redzone') return undefined;
  return sidecar.with({ path: sidecar.path.slice(0, -SIDECAR_SUFFIX.length) });
}

function pathOf(node: AnnotationNode): string {
  return node.kind === 'core' ? node.sidecar.path : '';
}

function count(cores: readonly AnnotatedCore[]): number {
  return cores.reduce((sum, core) => sum + core.annotations.length, 0);
}
