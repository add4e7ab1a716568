import type { DebugProtocol } from '@vscode/debugprotocol';
import type { RegistersAnswer, RegisterValue } from '../shared/queries.js';
import type { DebugTarget } from './debugTarget.js';
import { componentVariables, vectorVariable, wholeNumber } from './extendedRegisters.js';
import { findRegister, frameRegisters } from './frameRegisters.js';
import { annotated } from './notes.js';
import type { DeadThread } from './threads.js';
import { group, plain, word, type NoteSubject, type VariableGroup } from './variables.js';

const SEGMENTS: ReadonlySet<string> = new Set(['cs', 'ss', 'ds', 'es', 'fs', 'gs', 'fs_base', 'gs_base']);
const FLAGS: ReadonlySet<string> = new Set(['rflags', 'eflags']);

/** Registers at a frame: general, flags, segment and vector registers, and the parts of the extended state (x87...), each group with a line that says the most of it. */
export function registerScope(target: DebugTarget, thread: DeadThread, index: number): VariableGroup {
  return {
    named: async () => {
      const registers = await frameRegisters(target, thread, index);
      const key = registerKey(thread, index);
      const segments = registers.general.filter(({ name }) => SEGMENTS.has(name));
      const flags = registers.general.filter(({ name }) => FLAGS.has(name));
      const rest = registers.general.filter(({ name }) => !SEGMENTS.has(name) && !FLAGS.has(name));
      const noted = registerNotes(target, thread, index);
      const list = (some: readonly RegisterValue[], more: readonly DebugProtocol.Variable[] = []): VariableGroup => ({
        named: async () => [
          ...(await Promise.all(some.map((each) => noted.show(each.name, registerVariable(each))))),
          ...more,
        ],
        noteSubject: noted.subject,
      });
      return [
        group(target, key('general'), 'General', summary(rest, ['rip', 'rsp', 'rbp']), list(rest)),
        group(target, key('flags'), 'Flags', flagsText(registers), list(flags, flagVariables(registers))),
        ...(segments.length === 0
          ? []
          : [group(target, key('segment'), 'Segment', summary(segments, ['fs_base', 'cs']), list(segments))]),
        group(target, key('vectors'), 'Vectors', registers.vectorState, vectorGroup(target, key, registers, noted)),
        ...componentVariables(target, key, registers),
      ];
    },
  };
}

/** Keys of what the registers of a frame unfold into. */
export function registerKey(thread: DeadThread, index: number): (name: string) => string {
  return (name) => `registers:${thread.id}:${index}:${name}`;
}

/** A register as a variable; one whose value is not known at the frame says so and never shows the innermost frame's. */
export function registerVariable(register: RegisterValue): DebugProtocol.Variable {
  if (register.value === undefined)
    return plain(register.name, register.text === '' ? 'not known at this frame' : register.text);
  return word(register.name, register.value, register.text, register.kind, { evaluateName: `$${register.name}` });
}

/** Shows the notes on the registers of a frame, and says what new ones are tied to. */
interface RegisterNotes {
  show(name: string, variable: DebugProtocol.Variable): Promise<DebugProtocol.Variable>;
  readonly subject: (name: string) => Promise<NoteSubject | undefined>;
}

/** Notes are on the chosen stack: other readings of it have other registers. */
export function registerNotes(target: DebugTarget, thread: DeadThread, index: number): RegisterNotes {
  if (thread.reading.kind !== 'chosen')
    return { show: (_name, variable) => Promise.resolve(variable), subject: () => Promise.resolve(undefined) };
  const { tid } = thread;
  return {
    show: async (name, variable) =>
      annotated(variable, target.notes.onRegister(tid, await thread.frames.physicalFrame(index), name)),
    subject: async (name) => {
      const registers = await frameRegisters(target, thread, index);
      const frame = await thread.frames.physicalFrame(index);
      const register = findRegister(registers, name);
      if (register) {
        const about = `%${name}  ${register.value ?? 'not known'}  ${register.text}`.trimEnd();
        return { target: { register: name, tid, frame }, about };
      }
      const vector = registers.vectors.find((each) => each.name === name);
      return vector && { target: { register: name, tid, frame }, about: `%${name}  ${wholeNumber(vector.bytes)}` };
    },
  };
}

function flagVariables({ flags = [] }: RegistersAnswer): readonly DebugProtocol.Variable[] {
  return flags.map((flag) => plain(flag, 'set', { type: 'flag' }));
}

function vectorGroup(
  target: DebugTarget,
  key: (name: string) => string,
  registers: RegistersAnswer,
  noted: RegisterNotes,
): VariableGroup {
  return {
    named: () =>
      Promise.all(registers.vectors.map((vector) => noted.show(vector.name, vectorVariable(target, key, vector)))),
    noteSubject: noted.subject,
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
