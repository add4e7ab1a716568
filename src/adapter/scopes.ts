import type { DebugProtocol } from '@vscode/debugprotocol';
import type { DebugTarget } from './debugTarget.js';
import { registerScope } from './registerScope.js';
import type { RequestArguments } from './requestArguments.js';
import { signalScope } from './signalScope.js';
import { frameScope, redZoneScope } from './slotScopes.js';
import { childCounts, type VariableGroup } from './variables.js';

/**
 * The scopes of a frame: Registers, Signal (threads that have one), Red zone (where code was running: the innermost frame and
 * every frame that a signal interrupted), Frame. Arguments and locals come before these once variables are read.
 */
export async function scopes(
  target: DebugTarget,
  args: RequestArguments,
): Promise<DebugProtocol.ScopesResponse['body']> {
  const { thread, index, row } = await target.frame(args.integer('frameId'));
  const scope = (name: string, hint: string | undefined, children: VariableGroup): DebugProtocol.Scope => ({
    name,
    ...(hint === undefined ? {} : { presentationHint: hint }),
    variablesReference: target.groups.reference(`scope:${thread.id}:${index}:${name}`, () => children),
    expensive: false,
    ...childCounts(children),
  });

  const shown = [scope('Registers', 'registers', registerScope(target, thread, index))];
  const signalFrames = await target.core.ask('signalFrames', { tid: thread.tid });
  if (signalFrames.length > 0 || thread.tid === target.summary.crashedTid) {
    shown.push(scope('Signal', undefined, signalScope(target, thread, signalFrames)));
  }
  // A remembered frame's stack was used again since: its slots are other frames' slots by now.
  if (thread.reading.kind === 'remembered') return { scopes: shown };
  const wasRunning = row.trust === 'signalFrame' || (await thread.frames.physicalFrame(index)) === 0;
  const redZone = wasRunning ? await redZoneScope(target, thread, index) : undefined;
  if (redZone) shown.push(scope('Red zone', undefined, redZone));
  shown.push(scope('Frame', undefined, await frameScope(target, thread, index)));
  return { scopes: shown };
}
