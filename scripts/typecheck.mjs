// Type-checks every project: the engine without node or DOM types, so that a stray `process` or `window` is an error there.
import { spawnSync } from 'node:child_process';

const projects = [
  'tsconfig.engine.json',
  'tsconfig.node.json',
  'tsconfig.webview.json',
  'tsconfig.test.json',
  'tsconfig.scripts.json',
];
// One compiler for all of them: it parses a file once, and passes over projects of which no file has changed since it was content.
const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '--build', ...projects], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
