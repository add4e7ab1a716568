/**
 * The one table of bundles: everything that esbuild makes.
 *
 * @type {{ entry: string, outfile: string, platform: 'node' | 'browser', format: 'cjs' | 'iife', external?: string[], banner?: string, stamped?: boolean }[]}
 */
export const bundles = [
  { entry: 'src/extension.ts', outfile: 'dist/extension.js', platform: 'node', format: 'cjs', external: ['vscode'] },
  {
    entry: 'src/cli/launch.ts',
    outfile: 'dist/cli.js',
    platform: 'node',
    format: 'cjs',
    banner: '#!/usr/bin/env node',
  },
  { entry: 'src/cli/main.ts', outfile: 'dist/redzone.js', platform: 'node', format: 'cjs', stamped: true },
  { entry: 'src/cli/triageMain.ts', outfile: 'dist/triage.js', platform: 'node', format: 'cjs', stamped: true },
  { entry: 'src/cli/dapMain.ts', outfile: 'dist/dap.js', platform: 'node', format: 'cjs', stamped: true },
  { entry: 'src/session/worker/engineWorker.ts', outfile: 'dist/engineWorker.js', platform: 'node', format: 'cjs' },
  {
    entry: 'src/session/worker/triageRun/triageRunWorker.ts',
    outfile: 'dist/triageRun.js',
    platform: 'node',
    format: 'cjs',
  },
  {
    entry: 'src/session/worker/populationWorker.ts',
    outfile: 'dist/populationWorker.js',
    platform: 'node',
    format: 'cjs',
  },
  // DuckDB is found at run time, where its user put it.
  { entry: 'src/session/query/queryProcess.ts', outfile: 'dist/query.js', platform: 'node', format: 'cjs' },
  { entry: 'src/library.ts', outfile: 'dist/library.js', platform: 'node', format: 'cjs' },
  { entry: 'webview/core/main.ts', outfile: 'dist/webview/core.js', platform: 'browser', format: 'iife' },
  { entry: 'webview/core/styles/core.css', outfile: 'dist/webview/core.css', platform: 'browser', format: 'iife' },
  { entry: 'webview/population/main.ts', outfile: 'dist/webview/population.js', platform: 'browser', format: 'iife' },
  {
    entry: 'webview/population/styles/population.css',
    outfile: 'dist/webview/population.css',
    platform: 'browser',
    format: 'iife',
  },
  // What an editor would set, for the page that stands alone.
  {
    entry: 'webview/population/styles/standalone.css',
    outfile: 'dist/webview/standalone.css',
    platform: 'browser',
    format: 'iife',
  },
];

/**
 * Files copied beside the bundles as they are.
 *
 * @type {{ from: string, to: string }[]}
 */
export const copies = [
  // iced-x86 reads its WebAssembly from beside the bundle it is in.
  { from: 'node_modules/iced-x86/iced_x86_bg.wasm', to: 'dist/iced_x86_bg.wasm' },
];

/** What the built command is run on once, so that V8 can keep the functions that these commands need. */
export const warmUp = {
  command: 'dist/cli.js',
  samples: ['null-deep', 'race-default', 'shift-fp', 'abort'],
};
