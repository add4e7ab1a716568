import type { DebugProtocol } from '@vscode/debugprotocol';
import type { ExtendedRegisterValue, RegisterComponentRow, RegistersAnswer, VectorValue } from '../shared/queries.js';
import type { DebugTarget } from './debugTarget.js';
import { group, plain } from './variables.js';
import { vectorLanes } from './vectorLanes.js';

/** Makes a key for `DebugTarget.groups` that no other frame has. */
type FrameKey = (name: string) => string;

/**
 * The parts of the processor's extended state (x87, SSE, opmask, PKRU...): what was saved unfolds into its registers that are no
 * vectors; the initial state, which was never written, and what the core has not are told in words and have no values.
 */
export function componentVariables(
  target: DebugTarget,
  key: FrameKey,
  { components }: RegistersAnswer,
): readonly DebugProtocol.Variable[] {
  return components.map((component) => {
    const { name, registers } = component;
    const state = stateText(component);
    return registers.length === 0
      ? plain(name, state)
      : group(target, key(`component:${name}`), name, state, { named: () => registers.map(extendedVariable) });
  });
}

/** A vector register, lane by lane when it is unfolded. */
export function vectorVariable(target: DebugTarget, key: FrameKey, vector: VectorValue): DebugProtocol.Variable {
  const evaluateName = `$${vector.name}`;
  if (vector.initial) return plain(vector.name, '0 (initial: never written)', { evaluateName });
  const lanes = group(target, key(vector.name), vector.name, wholeNumber(vector.bytes), {
    named: (format) => vectorLanes(vector.bytes, format).map(([name, value]) => plain(name, value)),
  });
  return { ...lanes, evaluateName };
}

/** A register that is not one of the general ones, by its name; `undefined` where the frame has none of that name. */
export function findExtended(
  target: DebugTarget,
  key: FrameKey,
  registers: RegistersAnswer,
  name: string,
): DebugProtocol.Variable | undefined {
  const wanted = name.toLowerCase();
  const vector = registers.vectors.find((each) => each.name === wanted);
  if (vector) return vectorVariable(target, key, vector);
  const found = registers.components.flatMap((each) => each.registers).find((each) => each.name === wanted);
  return found && extendedVariable(found);
}

/** Highest byte first, as debuggers write a whole vector register. */
export function wholeNumber(bytes: string): string {
  return `0x${(bytes.match(/../g) ?? []).reverse().join('')}`;
}

function extendedVariable({ name, value, text }: ExtendedRegisterValue): DebugProtocol.Variable {
  return plain(name, text === '' ? value : `${value}  ${text}`, { evaluateName: `$${name}` });
}

const STATE_WORDS: Readonly<Record<RegisterComponentRow['state'], string>> = {
  saved: 'saved',
  initial: 'initial state',
  'not-saved': 'not saved',
};

function stateText({ state, text }: RegisterComponentRow): string {
  return text === '' ? STATE_WORDS[state] : `${STATE_WORDS[state]}: ${text}`;
}
