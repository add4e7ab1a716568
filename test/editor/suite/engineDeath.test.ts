import assert from 'node:assert/strict';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { eventually, workspaceFile } from './tabs.js';

/** The thread that answers `ask`, caught as it is spoken to: extension and tests are in one process. */
async function workerBehind(ask: () => Thenable<unknown>): Promise<Worker> {
  const spoken = new Set<Worker>();
  const postMessage = Reflect.get(Worker.prototype, 'postMessage') as (this: Worker, ...message: unknown[]) => void;
  Worker.prototype.postMessage = function (this: Worker, ...message: unknown[]) {
    if ((message[0] as { readonly kind?: string } | undefined)?.kind === 'ask') spoken.add(this);
    postMessage.apply(this, message);
  };
  try {
    await ask();
  } finally {
    Worker.prototype.postMessage = postMessage;
  }
  const [worker, ...others] = spoken;
  assert.ok(worker && others.length === 0, `${spoken.size} threads were asked`);
  return worker;
}

describe('an engine that dies', () => {
  afterEach(async () => {
    await vscode.debug.stopDebugging();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('is said to have died where it was asked, and the debugger goes on with another', async () => {
    const said: string[] = [];
    const tracking = vscode.debug.registerDebugAdapterTrackerFactory('redzone', {
      createDebugAdapterTracker: () => ({
        onDidSendMessage: (message: { readonly event?: string; readonly body?: { readonly output?: string } }) => {
          if (message.event === 'output') said.push(message.body?.output ?? '');
        },
      }),
    });
    try {
      await vscode.commands.executeCommand('redzone.debugCore', workspaceFile('null-deep/null-deep.core'));
      const session = await eventually('the session', () => vscode.debug.activeDebugSession);
      const rip = { expression: '$rip', context: 'repl' };
      const before = await eventually('a stop', async () =>
        session.customRequest('evaluate', rip).then(
          (answer: unknown) => (answer as { readonly result: string }).result,
          () => undefined,
        ),
      );
      const worker = await workerBehind(() => session.customRequest('modules'));
      await worker.terminate();
      const words = await eventually('the report', () => said.find((text) => text.includes('the engine')));
      assert.match(words, /^The engine was restarted: the engine stopped.*\.\n$/);
      const after = (await session.customRequest('evaluate', rip)) as { readonly result: string };
      assert.equal(after.result, before);
      const next = await workerBehind(() => session.customRequest('modules'));
      assert.notEqual(next, worker);
    } finally {
      tracking.dispose();
    }
  });
});
