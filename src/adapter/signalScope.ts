import type { DebugProtocol } from '@vscode/debugprotocol';
import type { SignalFrameReport, SignalInfo } from '../shared/report.js';
import type { DebugTarget } from './debugTarget.js';
import type { DeadThread } from './threads.js';
import { group, numberText, plain, type ValueFormat, type VariableGroup } from './variables.js';

/** The signal that ended the process and every signal frame on the thread's stack, active and stale. */
export function signalScope(
  target: DebugTarget,
  thread: DeadThread,
  frames: readonly SignalFrameReport[],
): VariableGroup {
  const signal = thread.tid === target.summary.crashedTid ? target.summary.signal : undefined;
  return {
    named: (format) => [
      ...(signal ? signalFacts(signal, format) : []),
      ...frames.map((frame) => signalFrameVariable(target, thread, frame)),
    ],
  };
}

function signalFacts(signal: SignalInfo, format: ValueFormat): readonly DebugProtocol.Variable[] {
  const { code, codeName, faultAddress, sender } = signal;
  return [
    plain('signal', `${signal.name} (${numberText(signal.number, format)})`),
    ...(code === undefined
      ? []
      : [
          plain(
            'code',
            codeName === undefined ? numberText(code, format) : `${codeName} (${numberText(code, format)})`,
          ),
        ]),
    ...(faultAddress === undefined
      ? []
      : [plain('fault address', faultAddress, { memoryReference: faultAddress, evaluateName: faultAddress })]),
    ...(sender ? [plain('sender', `process ${sender.pid}, user ${sender.uid}`)] : []),
  ];
}

function alternateStackText({ base, size }: NonNullable<SignalFrameReport['alternateStack']>): string {
  return size === '0x0' ? 'none' : `${base}, ${size} bytes`;
}

function signalFrameVariable(
  target: DebugTarget,
  thread: DeadThread,
  frame: SignalFrameReport,
): DebugProtocol.Variable {
  const what = [
    frame.siginfo?.name ?? 'no valid signal information',
    ...(frame.symbol === undefined ? [] : [`interrupted ${frame.symbol}`]),
  ].join(', ');
  const key = `signalFrame:${thread.tid}:${frame.address}`;
  return group(target, key, `${frame.active ? 'active' : 'stale'} frame ${frame.address}`, what, {
    named: (format) => [
      ...(frame.siginfo ? signalFacts(frame.siginfo, format) : []),
      plain('trapno', numberText(frame.trapno, format)),
      plain('err', frame.err),
      plain('cr2', frame.cr2),
      plain('sigmask', frame.sigmask),
      plain('fpstate', frame.fpstate, { memoryReference: frame.fpstate }),
      ...(frame.alternateStack ? [plain('alternate stack', alternateStackText(frame.alternateStack))] : []),
      group(target, `${key}:registers`, 'registers', frame.registers['rip'] ?? '', {
        named: () =>
          Object.entries(frame.registers).map(([name, value]) => plain(name, value, { memoryReference: value })),
      }),
    ],
  });
}
