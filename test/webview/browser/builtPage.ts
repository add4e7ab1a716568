import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The built files of a page; throws where the build is missing or older than its sources, so that no test passes on an old page. */
export function builtPage(page = 'core'): { readonly script: string; readonly style: string } {
  const script = resolve(ROOT, `dist/webview/${page}.js`);
  const style = resolve(ROOT, `dist/webview/${page}.css`);
  const newest = Math.max(...['webview', 'src/shared'].map((folder) => newestIn(resolve(ROOT, folder))));
  for (const file of [script, style]) {
    if (!existsSync(file)) throw new Error(`${file} is missing: run node scripts/build.mjs`);
    if (statSync(file).mtimeMs < newest)
      throw new Error(`${file} is older than its sources: run node scripts/build.mjs`);
  }
  return { script, style };
}

const ROOT = resolve(import.meta.dirname, '../../..');

function newestIn(folder: string): number {
  return Math.max(
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
}
