import type { DebugProtocol } from '@vscode/debugprotocol';
import type { RegistersAnswer, RegisterValue } from '../shared/queries.js';
import type { DebugTarget } from './debugTarget.js';
import { frameRegisters } from './frameRegisters.js';
import type { DeadThread } from './threads.js';
import { group, plain, word, type VariableGroup } from './variables.js';
import { vectorLanes } from './vectorLanes.js';

const SEGMENTS: ReadonlySet<string> = new Set(['cs', 'ss', 'ds', 'es', 'fs', 'gs', 'fs_base', 'gs_base']);
const FLAGS: ReadonlySet<string> = new Set(['rflags', 'eflags']);

/** Registers at a frame: general, flags, segment and vector registers, each group with a line that says the most of it. */
export function registerScope(target: DebugTarget, thread: DeadThread, index: number): VariableGroup {
  return {
    named: async () => {
      const registers = await frameRegisters(target, thread, index);
      const key = (name: string): string => `registers:${thread.id}:${index}:${name}`;
      const segments = registers.general.filter(({ name }) => SEGMENTS.has(name));
      const flags = registers.general.filter(({ name }) => FLAGS.has(name));
      const rest = registers.general.filter(({ name }) => !SEGMENTS.has(name) && !FLAGS.has(name));
      return [
        group(target, key('general'), 'General', summary(rest, ['rip', 'rsp', 'rbp']), registerGroup(rest)),
        group(target, key('flags'), 'Flags', flagsText(registers), flagGroup(flags, registers)),
        ...(segments.length === 0
          ? []
          : [group(target, key('segment'), 'Segment', summary(segments, ['fs_base', 'cs']), registerGroup(segments))]),
        group(target, key('vectors'), 'Vectors', registers.vectorState, vectorGroup(target, key, registers)),
      ];
    },
  };
}

/** A register as a variable; one whose value is not known at the frame says so and never shows the innermost frame's. */
export function registerVariable(register: RegisterValue): DebugProtocol.Variable {
  if (register.value === undefined)
    return plain(register.name, register.text === '' ? 'not known at this frame' : register.text);
  return word(register.name, register.value, register.text, register.kind, { evaluateName: `$${register.name}` });
}

function registerGroup(registers: readonly RegisterValue[]): VariableGroup {
  return { named: () => registers.map(registerVariable) };
}

function flagGroup(flags: readonly RegisterValue[], registers: RegistersAnswer): VariableGroup {
  return {
    named: () => [
      ...flags.map(registerVariable),
      ...(registers.flags ?? []).map((flag) => plain(flag, 'set', { type: 'flag' })),
    ],
  };
}

function vectorGroup(target: DebugTarget, key: (name: string) => string, registers: RegistersAnswer): VariableGroup {
  return {
    named: () =>
      registers.vectors.map((vector) =>
        vector.initial
          ? plain(vector.name, '0 (initial: never written)')
          : group(target, key(vector.name), vector.name, wholeNumber(vector.bytes), {
              named: (format) => vectorLanes(vector.bytes, format).map(([name, value]) => plain(name, value)),
            }),
      ),
  };
}

function flagsText(registers: RegistersAnswer): string {
  if (registers.flags === undefined) return 'not known at this frame';
  return registers.flags.length === 0 ? 'none set' : registers.flags.join(' ');
}

function summary(registers: readonly RegisterValue[], names: readonly string[]): string {
  return names
    .flatMap((wanted) => registers.find(({ name }) => name === wanted) ?? [])
    .map(({ name, value }) => `${name} ${value ?? 'unknown'}`)
    .join('  ');
}

/** Highest byte first, as debuggers write a whole vector register. */
function wholeNumber(bytes: string): string {
  return `0x${(bytes.match(/../g) ?? []).reverse().join('')}`;
}
