import type { DebugProtocol } from '@vscode/debugprotocol';
import type { SlotKind } from '../shared/report.js';
import type { DebugTarget } from './debugTarget.js';
import { noSuchVariables } from './errors.js';
import type { RequestArguments } from './requestArguments.js';
import type { ValueFormat, VariableGroup } from './variableGroup.js';

export type { NoteSubject, ValueFormat, VariableGroup } from './variableGroup.js';

/** A client that does not page gets no more than this at once. */
const UNPAGED_LIMIT = 4096;

/** The children of a variables reference, paged. */
export async function variables(
  target: DebugTarget,
  args: RequestArguments,
): Promise<DebugProtocol.VariablesResponse['body']> {
  const reference = args.integer('variablesReference');
  const group = target.groups.get(reference);
  if (!group) throw noSuchVariables(reference);
  const format = valueFormat(args);
  const filter = args.optionalString('filter');
  const start = args.optionalCount('start') ?? 0;
  // Zero means all, as absence does.
  const count = args.optionalCount('count') ?? 0;
  const end = count === 0 ? Number.POSITIVE_INFINITY : start + count;
  const named = filter === 'indexed' ? [] : await group.named(format);
  const shown = named.slice(start, end);
  if (filter === 'named' || !group.indexed) return { variables: [...shown] };
  const from = Math.max(0, start - named.length);
  const to = Math.min(end - named.length, group.indexed.count, from + UNPAGED_LIMIT);
  const indexed = to > from ? await group.indexed.list(from, to - from, format) : [];
  return { variables: [...shown, ...indexed] };
}

/** The `format` argument of variables and evaluate. */
export function valueFormat(args: RequestArguments): ValueFormat {
  return { hex: args.object('format').flag('hex') };
}

/** A variable without children. */
export function plain(name: string, value: string, more: Partial<DebugProtocol.Variable> = {}): DebugProtocol.Variable {
  return { name, value, variablesReference: 0, ...more };
}

/** A word of the dead process: the value, what it looks like, and a way into memory where it is an address. */
export function word(
  name: string,
  value: string,
  text: string,
  kind: SlotKind,
  more: Partial<DebugProtocol.Variable> = {},
): DebugProtocol.Variable {
  return plain(name, text === '' || text === value ? value : `${value}  ${text}`, {
    type: kind,
    ...(pointsSomewhere(kind) ? { memoryReference: value } : {}),
    ...more,
  });
}

/** A variable that unfolds into a group. */
export function group(
  target: DebugTarget,
  key: string,
  name: string,
  value: string,
  children: VariableGroup,
): DebugProtocol.Variable {
  return {
    name,
    value,
    variablesReference: target.groups.reference(key, () => children),
    ...childCounts(children),
  };
}

/** What tells the client that it can page. */
export function childCounts(
  children: VariableGroup,
): Pick<DebugProtocol.Variable, 'namedVariables' | 'indexedVariables'> {
  return {
    ...(children.namedCount === undefined ? {} : { namedVariables: children.namedCount }),
    ...(children.indexed ? { indexedVariables: children.indexed.count } : {}),
  };
}

/** A number in the client's format. */
export function numberText(value: number, format: ValueFormat): string {
  return format.hex ? `0x${value.toString(16)}` : `${value}`;
}

function pointsSomewhere(kind: SlotKind): boolean {
  switch (kind) {
    case 'returnAddress':
    case 'code':
    case 'savedFramePointer':
    case 'stack':
    case 'heap':
    case 'data':
    case 'mapped':
      return true;
    case 'string':
    case 'number':
    case 'zero':
    case 'unknown':
    case 'absent':
      return false;
  }
}
