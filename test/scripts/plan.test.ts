import { expect, it } from 'vitest';
import { decide } from '../../scripts/start/plan.mjs';

const display = { DISPLAY: ':0' };
const code = '/usr/bin/code';

it.each([
  ['a desktop with code', { env: display, code }, 'desktop'],
  ['a desktop without code', { env: display }, 'browser'],
  ['Wayland', { env: { WAYLAND_DISPLAY: 'wayland-0' }, code }, 'desktop'],
  ['no display', { code }, 'none'],
  ['no terminal', { env: display, code, terminal: false }, 'none'],
  ['continuous integration', { env: { ...display, CI: '1' }, code }, 'none'],
  ['--no-editor on a desktop', { env: display, code, args: ['--no-editor'] }, 'none'],
  ['--browser without a display', { args: ['--browser'] }, 'browser'],
  // These talk to a window that runs already, which would put our extension into the user's own profile.
  ['a terminal in a remote window', { env: { ...display, VSCODE_IPC_HOOK_CLI: '/tmp/s' }, code }, 'browser'],
  ['the code of a remote server', { env: display, code: '/srv/bin/remote-cli/code' }, 'browser'],
  ['the code of Windows', { env: display, code: '/mnt/c/Code/bin/code' }, 'browser'],
] as const)('with %s', (_, { ...circumstances }, editor) => {
  const all = { args: [] as string[], env: {}, terminal: true, code: undefined, ...circumstances };
  expect(decide({ ...all, args: [...all.args] })?.editor).toBe(editor);
});

it('says why there is no editor, and how to get one', () => {
  const plan = decide({ args: [], env: {}, terminal: true, code });
  expect(plan?.reason).toMatch(/no display.*npm start -- --browser/);
});

it('knows no other arguments', () => {
  expect(decide({ args: ['--editor'], env: {}, terminal: true, code })).toBeUndefined();
});
