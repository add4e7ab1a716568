import type { DebugProtocol } from '@vscode/debugprotocol';
import { addOffset, formatAddress, parseAddress } from './addresses.js';
import type { DebugTarget } from './debugTarget.js';
import { cancelled, cannotEvaluate } from './errors.js';
import { findExtended } from './extendedRegisters.js';
import { findInMemory } from './findInMemory.js';
import { framePlace } from './framePlace.js';
import { findRegister, frameRegisters } from './frameRegisters.js';
import { memoryWords, wordVariable } from './memory.js';
import { annotated } from './notes.js';
import { registerKey, registerNotes, registerVariable } from './registerScope.js';
import type { RequestArguments } from './requestArguments.js';
import type { RequestContext } from './requestContext.js';
import type { FramePlace, WhatIsAnswer } from '../shared/queries.js';
import type { VariableGroup } from './variables.js';

type EvaluateBody = DebugProtocol.EvaluateResponse['body'];

/** More words than these are a matter for the memory view. */
const WORDS_LIMIT = 4096;

/**
 * Evaluates at a frame: `rax` and other registers as they were there, any expression of registers, symbols and `*`, `*ADDRESS@COUNT`
 * for words of memory, `whatis EXPRESSION`, and `find` (findInMemory.ts).
 */
export async function evaluate(
  target: DebugTarget,
  args: RequestArguments,
  context: RequestContext,
): Promise<EvaluateBody> {
  const text = args.string('expression').trim();
  const search = /^find(?:\s+(.*))?$/is.exec(text);
  if (search) return findInMemory(target, search[1] ?? '', context);
  const { signal } = context;
  const frameId = args.optionalInteger('frameId');
  // Without a frame the client means the whole program: the registers of the crash.
  const handle = frameId === undefined ? target.focusFrame() : await target.frame(frameId);
  const place = handle && (await framePlace(handle.thread, handle.index));
  const name = /^[$%]?([a-z][a-z0-9_]*)$/i.exec(text)?.[1];
  if (handle && name !== undefined) {
    const { thread, index } = handle;
    const registers = await frameRegisters(target, thread, index, signal);
    const register = findRegister(registers, name);
    const found = register
      ? registerVariable(register)
      : findExtended(target, registerKey(thread, index), registers, name);
    if (found) return fromVariable(await registerNotes(target, thread, index).show(found.name, found));
  }
  const words = /^\*(.+?)@\s*(\d+)$/s.exec(text);
  if (!words) return valueBody(await value(target, text.replace(/^whatis\s+/i, ''), place, signal));
  const count = Number(words[2]);
  if (count < 1 || count > WORDS_LIMIT)
    throw cannotEvaluate(`Between 1 and ${WORDS_LIMIT} words can be shown at once.`);
  const start = await value(target, words[1] ?? '', place, signal);
  return wordList(target, BigInt(start.value), count, signal);
}

async function value(
  target: DebugTarget,
  expression: string,
  place: FramePlace | undefined,
  signal: AbortSignal,
): Promise<WhatIsAnswer> {
  try {
    return await target.core.ask('whatIs', { address: expression, ...place }, signal);
  } catch (reason) {
    if (signal.aborted) throw cancelled();
    // What cannot be evaluated is told beside the expression, not in a box.
    throw cannotEvaluate(reason instanceof Error ? reason.message : String(reason));
  }
}

function valueBody({ value: address, text, kind }: WhatIsAnswer): EvaluateBody {
  return {
    result: text === '' || text === address ? address : `${address}  ${text}`,
    type: kind,
    variablesReference: 0,
    memoryReference: address,
  };
}

async function wordList(target: DebugTarget, start: bigint, count: number, signal: AbortSignal): Promise<EvaluateBody> {
  const address = formatAddress(start);
  if (count === 1) {
    const [only] = await memoryWords(target.core, start, 1, signal);
    if (!only) throw cannotEvaluate(`Nothing can be read at ${address}.`);
    return fromVariable(annotated(await wordVariable(target.core, only, signal), target.notes.onWord(only.address)));
  }
  const children: VariableGroup = {
    named: () => [],
    indexed: {
      count,
      list: async (from, wanted) => {
        const read = await memoryWords(target.core, addOffset(start, BigInt(from) * 8n), wanted);
        const words = await Promise.all(read.map((item) => wordVariable(target.core, item)));
        return words.map((variable) => annotated(variable, target.notes.onWord(variable.name)));
      },
    },
    noteSubject: async (name) => {
      const at = parseAddress(name);
      const [only] = at === undefined ? [] : await memoryWords(target.core, at, 1);
      if (only === undefined) return undefined;
      const { value: shown } = await wordVariable(target.core, only);
      return { target: { range: name, length: 8 }, about: `${name}  ${shown}` };
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
  const { value: result, type, memoryReference, variablesReference } = variable;
  return {
    result,
    variablesReference,
    ...(type === undefined ? {} : { type }),
    ...(memoryReference === undefined ? {} : { memoryReference }),
  };
}
