import { mkdirSync, renameSync } from 'node:fs';
import { resolve } from 'node:path';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { buildSync } from 'esbuild';

const root = resolve(import.meta.dirname, '../..');
const folder = resolve(root, '.cache/dap');

let bundle: string | undefined;

/** Bundles the adapter over the fake session; written aside and moved, since test files run in parallel. */
export function fakeAdapterBundle(): string {
  if (bundle !== undefined) return bundle;
  mkdirSync(folder, { recursive: true });
  const aside = resolve(folder, `fakeAdapter-${process.pid}.cjs`);
  buildSync({
    entryPoints: [resolve(root, 'test/dap/fakeAdapter.ts')],
    outfile: aside,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  bundle = resolve(folder, 'fakeAdapter.cjs');
  renameSync(aside, bundle);
  return bundle;
}

/** A client talking to a fresh adapter process over recorded cores. */
export async function startFakeAdapter(): Promise<DebugClient> {
  const client = new DebugClient(process.execPath, fakeAdapterBundle(), 'redzone', { cwd: root }, true);
  await client.start();
  return client;
}

/** As VS Code 1.101 introduces itself. */
const VSCODE: DebugProtocol.InitializeRequestArguments = {
  clientID: 'vscode',
  clientName: 'Visual Studio Code',
  adapterID: 'redzone',
  pathFormat: 'path',
  linesStartAt1: true,
  columnsStartAt1: true,
  supportsVariableType: true,
  supportsVariablePaging: true,
  supportsRunInTerminalRequest: true,
  locale: 'en-us',
  supportsProgressReporting: true,
  supportsInvalidatedEvent: true,
  supportsMemoryReferences: true,
  supportsArgsCanBeInterpretedByShell: true,
  supportsMemoryEvent: true,
  supportsStartDebuggingRequest: true,
};

/** Initialize, launch, configurationDone; the first stop. */
export async function launchAndStop(
  client: DebugClient,
  configuration: Readonly<Record<string, unknown>>,
  conventions: Partial<DebugProtocol.InitializeRequestArguments> = {},
): Promise<DebugProtocol.StoppedEvent> {
  const stop = client.waitForEvent('stopped', 10_000);
  const configuring = client.waitForEvent('initialized', 10_000).then(() => client.configurationDoneRequest());
  await client.initializeRequest({ ...VSCODE, ...conventions });
  await Promise.all([configuring, client.launchRequest(configuration as DebugProtocol.LaunchRequestArguments)]);
  return (await stop) as DebugProtocol.StoppedEvent;
}

/** A step request by its command, and the stop that follows. */
export async function stepAndStop(
  client: DebugClient,
  command: string,
  threadId: number,
): Promise<DebugProtocol.StoppedEvent> {
  const stop = client.waitForEvent('stopped', 10_000);
  await client.customRequest(command, { threadId });
  return (await stop) as DebugProtocol.StoppedEvent;
}
