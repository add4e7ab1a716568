import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { recursionCore } from './deepCore.js';
import { eventually, workspaceFile } from './tabs.js';

/** Index in its thread's frames of the frame that the editor has the focus on. */
async function focusedFrame(): Promise<number | undefined> {
  const item = vscode.debug.activeStackItem;
  if (!(item instanceof vscode.DebugStackFrame)) return undefined;
  const at = (await item.session.customRequest('redzone.framePosition', { frameId: item.frameId })) as
    { readonly frame: number } | undefined;
  return at?.frame;
}

async function focusOn(frame: number): Promise<void> {
  let seen: number | undefined;
  try {
    await eventually(`frame ${frame}`, async () => ((seen = await focusedFrame()) === frame ? true : undefined));
  } catch {
    assert.fail(`the focus is on frame ${seen ?? 'none'} instead of ${frame}`);
  }
}

async function debugAndStop(configuration: Record<string, unknown>): Promise<void> {
  const all = { type: 'redzone', request: 'launch', name: 'Focus', ...configuration };
  assert.ok(await vscode.debug.startDebugging(undefined, all), 'the session did not start');
  await focusOn(0);
}

const press = (button: string) => vscode.commands.executeCommand(`workbench.action.debug.${button}`);

/** The editor's own buttons; each answer is a stop with a call stack of its own. */
async function pressAll(buttons: readonly (readonly [button: string, frame: number])[]): Promise<void> {
  for (const [button, frame] of buttons) {
    await press(button);
    await focusOn(frame);
  }
}

/** Where the cursor of the editor in front stands, with the text of its line. */
function lineInFront(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  return editor?.document.lineAt(editor.selection.active.line).text;
}

describe('the focus of the debugger', () => {
  afterEach(async () => {
    await vscode.debug.stopDebugging();
    await eventually('the end of the session', () =>
      vscode.debug.activeDebugSession === undefined ? true : undefined,
    );
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  const core = () => workspaceFile('null-deep/null-deep.core').fsPath;

  it('is on the cursor after three Step Outs and back, with binaries', async () => {
    await debugAndStop({ core: core(), sysroot: workspaceFile('sysroot').fsPath });
    await pressAll([
      ['stepOut', 1],
      ['stepOut', 2],
      ['stepOut', 3],
      ['stepOver', 4],
      ['stepInto', 3],
      ['stepBack', 2],
      ['continue', 10],
      ['reverseContinue', 0],
    ]);
  });

  it('is on the cursor after three Step Outs, without binaries, and shows its instruction', async () => {
    // A root that holds nothing stands for a machine without the binaries.
    await debugAndStop({ core: core(), sysroot: workspaceFile('.vscode').fsPath });
    await pressAll([
      ['stepOut', 1],
      ['stepOut', 2],
      ['stepOut', 3],
    ]);
    const line = await eventually('the listing', () => {
      const text = lineInFront();
      return text?.startsWith('=>') === true ? text : undefined;
    });
    assert.match(line, /^=> 0x[0-9a-f]+ /);
    assert.equal(vscode.window.activeTextEditor?.document.languageId, 'redzone-frame');
  });

  it('is on the cursor in a recursion of a hundred thousand frames', async () => {
    const deep = workspaceFile('deep.core');
    await vscode.workspace.fs.writeFile(deep, recursionCore(100_000));
    try {
      await debugAndStop({ core: deep.fsPath });
      await pressAll([
        ['stepOut', 1],
        ['stepOut', 2],
        ['stepOut', 3],
        ['continue', 99_999],
        ['stepInto', 99_998],
        ['stepOut', 99_999],
      ]);
    } finally {
      await vscode.workspace.fs.delete(deep);
    }
  });
});
