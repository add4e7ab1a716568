import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { eventually, workspaceFile } from './tabs.js';

/** What the program's author knows of the sample: the functions on the stack, innermost first. */
const FUNCTIONS = ['read_id', 'find_account', 'check_limit', 'book_transfer', 'handle_request', 'serve', 'run', 'main'];

async function functionsOnStack(session: vscode.DebugSession): Promise<string[] | undefined> {
  const { threads } = (await session.customRequest('threads')) as { threads: { id: number }[] };
  const thread = threads[0];
  if (thread === undefined) return undefined;
  const { stackFrames } = (await session.customRequest('stackTrace', {
    threadId: thread.id,
    startFrame: 0,
    levels: 50,
  })) as { stackFrames: { name: string }[] };
  return stackFrames.map(({ name }) => name);
}

describe('debugging a core', () => {
  afterEach(async () => {
    await vscode.debug.stopDebugging();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('starts from launch.json and knows the frames', async () => {
    const started = await vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], 'Sample core');
    assert.ok(started, 'the session did not start');
    const session = await eventually('the session', () => vscode.debug.activeDebugSession);
    assert.equal(session.type, 'redzone');
    const names = await eventually('the frames', () => functionsOnStack(session));
    const found = FUNCTIONS.filter((name) => names.some((frame) => frame.includes(name)));
    assert.deepEqual(found, FUNCTIONS, `the frames are ${names.join(', ')}`);
  });

  it('starts on the core of a command', async () => {
    await vscode.commands.executeCommand('redzone.debugCore', workspaceFile('null-deep/null-deep.core'));
    const session = await eventually('the session', () => vscode.debug.activeDebugSession);
    assert.equal(session.type, 'redzone');
  });
});
