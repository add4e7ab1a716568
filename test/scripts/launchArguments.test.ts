import { expect, it } from 'vitest';
import { parseLaunchArguments } from '../editor/host/launchArguments.mjs';
import { workbenchAddress } from '../editor/host/workbenchAddress.mjs';

it('takes from the command line of VS Code what a page can use', () => {
  const args = [
    '/work/folder',
    '--user-data-dir=/p/user',
    '--extensions-dir',
    '/p/ext',
    '--no-sandbox',
    '--disable-workspace-trust',
    '--extensionTestsPath=/t/index.js',
    '--extensionDevelopmentPath=/x/one',
    '--extensionDevelopmentPath=/x/two',
  ];
  expect(parseLaunchArguments(args)).toEqual({
    paths: ['/work/folder'],
    userDataDir: '/p/user',
    extensionsDir: '/p/ext',
    extensionTestsPath: '/t/index.js',
    extensionDevelopmentPaths: ['/x/one', '/x/two'],
  });
});

it('puts them into the address of the workbench', () => {
  const address = new URL(
    workbenchAddress({
      address: 'http://127.0.0.1:4711/',
      folder: '/work/a folder',
      extensionDevelopmentPaths: ['/x/one'],
      extensionTestsPath: '/t/index.js',
    }),
  );
  expect(address.searchParams.get('folder')).toBe('/work/a folder');
  expect(JSON.parse(address.searchParams.get('payload') ?? '')).toEqual([
    ['extensionDevelopmentPath', 'vscode-remote://127.0.0.1:4711/x/one'],
    ['extensionTestsPath', 'vscode-remote://127.0.0.1:4711/t/index.js'],
  ]);
});
