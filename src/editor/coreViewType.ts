import { basename } from 'node:path';
import type * as vscode from 'vscode';

/** The view types of the core editor: taken by default, and offered. */
export const VIEW_TYPES = ['redzone.core', 'redzone.coreOptional'] as const;

/** The names of package.json's `redzone.core`. */
const TAKEN = /\.core(\.(zst|gz|xz|lz4))?$|^core\.[0-9]|^core\..+\.[0-9].*\..{32}\.[0-9].*\.[0-9]/;

/** The one to open a file in: VS Code shows a view type by its title only where its pattern matches, and two types would be two tabs. */
export function coreViewType({ path }: Pick<vscode.Uri, 'path'>): (typeof VIEW_TYPES)[number] {
  return TAKEN.test(basename(path)) ? 'redzone.core' : 'redzone.coreOptional';
}
