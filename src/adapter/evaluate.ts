import type { DebugProtocol } from '@vscode/debugprotocol';
import { addOffset, formatAddress } from './addresses.js';
import type { DebugTarget, FrameHandle } from './debugTarget.js';
import { cannotEvaluate, notAvailable } from './errors.js';
import { parseExpression, type Expression } from './expression.js';
import { findRegister, frameRegisters, type FrameRegisters } from './frameRegisters.js';
import { memoryWords, wordVariable } from './memory.js';
import { registerVariable } from './registerScope.js';
import type { RequestArguments } from './requestArguments.js';
import type { VariableGroup } from './variables.js';

type EvaluateBody = DebugProtocol.EvaluateResponse['body'];

/** Evaluates at a frame: registers as they were there, memory words, and what an address is. */
export async function evaluate(
  target: DebugTarget,
  args: RequestArguments,
  signal: AbortSignal,
): Promise<EvaluateBody> {
  const text = args.string('expression').trim();
  if (/^find\b/i.test(text)) throw notAvailable('Searching memory is');
  const expression = parseExpression(text);
  const registers = await registersAt(target, args.optionalInteger('frameId'), signal);
  switch (expression.kind) {
    case 'register':
      return fromVariable(registerVariable(namedRegister(registers, expression.name)));
    case 'words':
      return words(target, valueOf(expression.address, registers), expression.count, signal);
    case 'whatIs':
      return whatIs(target, valueOf(expression.address, registers), signal);
    case 'number':
    case 'sum':
      return whatIs(target, valueOf(expression, registers), signal);
  }
}

async function registersAt(
  target: DebugTarget,
  frameId: number | undefined,
  signal: AbortSignal,
): Promise<FrameRegisters | undefined> {
  const handle = frameId === undefined ? focusFrame(target) : await target.frame(frameId);
  return handle && frameRegisters(target, handle.thread, handle.index, signal);
}

/** Without a frame the client means the whole program: the registers of the crash. */
function focusFrame(target: DebugTarget): FrameHandle | undefined {
  const thread = target.threads.focus;
  return thread && { thread, index: 0 };
}

function namedRegister(registers: FrameRegisters | undefined, name: string) {
  const register = registers && findRegister(registers, name);
  if (!register) throw cannotEvaluate(`There is no register "${name}", and variables are not read yet.`);
  return register;
}

function valueOf(expression: Expression, registers: FrameRegisters | undefined): bigint {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'register': {
      const { name, value } = namedRegister(registers, expression.name);
      if (value === undefined) throw cannotEvaluate(`The value of ${name} is not known at this frame.`);
      return BigInt(value);
    }
    case 'sum':
      return addOffset(valueOf(expression.left, registers), expression.sign * valueOf(expression.right, registers));
    case 'words':
    case 'whatIs':
      throw cannotEvaluate('Memory words cannot be part of a sum.');
  }
}

async function whatIs(target: DebugTarget, value: bigint, signal: AbortSignal): Promise<EvaluateBody> {
  const address = formatAddress(value);
  const { text, kind } = await target.core.ask('whatIs', { address }, signal);
  return {
    result: text === '' ? address : `${address}  ${text}`,
    type: kind,
    variablesReference: 0,
    memoryReference: address,
  };
}

async function words(target: DebugTarget, value: bigint, count: number, signal: AbortSignal): Promise<EvaluateBody> {
  const address = formatAddress(value);
  if (count === 1) {
    const [only] = await memoryWords(target.core, value, 1, signal);
    if (!only) throw cannotEvaluate(`Nothing can be read at ${address}.`);
    return fromVariable(await wordVariable(target.core, only, signal));
  }
  const children: VariableGroup = {
    named: () => [],
    indexed: {
      count,
      list: async (from, wanted) => {
        const read = await memoryWords(target.core, addOffset(value, BigInt(from) * 8n), wanted);
        return Promise.all(read.map((item) => wordVariable(target.core, item)));
      },
    },
  };
  return {
    result: `${count} words at ${address}`,
    variablesReference: target.groups.reference(`words:${address}@${count}`, () => children),
    indexedVariables: count,
    memoryReference: address,
  };
}

function fromVariable(variable: DebugProtocol.Variable): EvaluateBody {
  const { value, type, memoryReference, variablesReference } = variable;
  return {
    result: value,
    variablesReference,
    ...(type === undefined ? {} : { type }),
    ...(memoryReference === undefined ? {} : { memoryReference }),
  };
}
