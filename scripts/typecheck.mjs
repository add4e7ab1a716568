// Type-checks every project: the engine without node or DOM types, so that a stray `process` or `window` is an error there.
import { spawnSync } from 'node:child_process';

const projects = [
  'tsconfig.engine.json',
  'tsconfig.node.json',
  'tsconfig.webview.json',
  'tsconfig.test.json',
  'tsconfig.scripts.json',
];
let failed = false;
for (const project of projects) {
  // What was checked before and has not changed is not checked again.
  const memory = ['--incremental', '--tsBuildInfoFile', `.cache/types/${project}.tsbuildinfo`];
  const args = ['node_modules/typescript/bin/tsc', '-p', project, ...memory];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) failed = true;
}
process.exit(failed ? 1 : 0);
