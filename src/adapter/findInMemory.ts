import type { DebugProtocol } from '@vscode/debugprotocol';
import type { SearchAnswer, SearchGroup, SearchHit, SearchTarget } from '../shared/queries.js';
import type { DebugTarget } from './debugTarget.js';
import { cancelled, cannotEvaluate } from './errors.js';
import type { RequestContext } from './requestContext.js';
import { group, plain, type VariableGroup } from './variables.js';

/** What may be typed behind `find`. */
const USAGE =
  'find "TEXT", find 0xWORD, find bytes 48 8b 07, find pointers START END, or find repeated; with "in core" at the end, only in the core itself.';

/** Looks through memory; the answer unfolds into mappings and these into hits. */
export async function findInMemory(
  target: DebugTarget,
  text: string,
  context: RequestContext,
): Promise<DebugProtocol.EvaluateResponse['body']> {
  const inCore = /\s+in\s+core\s*$/i.exec(text);
  const what = searchTarget((inCore ? text.slice(0, inCore.index) : text).trim());
  if (!what) throw cannotEvaluate(USAGE);
  const where = inCore ? 'core' : 'all';
  const ask = (from: number, count: number, signal?: AbortSignal, progress?: (done: number) => void) =>
    target.core.ask('search', { what, in: where, from, count }, signal, progress);
  const answer = await askWithProgress(`Searching for ${text}`, ask, context);
  const key = `find:${where}:${JSON.stringify(what)}`;
  if (answer.values) return repeatedBody(target, key, answer.values);
  const found = `${answer.total} ${answer.total === 1 ? 'hit' : 'hits'}`;
  const holes = BigInt(answer.notThere);
  return {
    result: holes === 0n ? found : `${found}; ${holes} mapped bytes are not there to search`,
    variablesReference: answer.total === 0 ? 0 : target.groups.reference(key, () => mappings(target, key, answer, ask)),
    namedVariables: answer.groups.length,
  };
}

type AskPage = (
  from: number,
  count: number,
  signal?: AbortSignal,
  progress?: (done: number) => void,
) => Promise<SearchAnswer>;

async function askWithProgress(title: string, ask: AskPage, context: RequestContext): Promise<SearchAnswer> {
  const { signal } = context;
  const progress = context.progress(title);
  try {
    return await ask(0, 0, signal, progress.report);
  } catch (reason) {
    if (signal.aborted) throw cancelled();
    throw cannotEvaluate(reason instanceof Error ? reason.message : String(reason));
  } finally {
    progress.end();
  }
}

function mappings(target: DebugTarget, key: string, answer: SearchAnswer, ask: AskPage): VariableGroup {
  return {
    named: () =>
      answer.groups.map((each, index) => {
        const { mapping } = each;
        const name = `${mapping.start}-${mapping.end}`;
        const what = [mapping.permissions, mapping.path ?? mapping.role ?? ''].filter((part) => part !== '').join(' ');
        const count = `${each.count} ${each.count === 1 ? 'hit' : 'hits'}`;
        return group(target, `${key}:${index}`, name, `${what}: ${count}`, hitsOf(each, answer.kept, ask));
      }),
  };
}

function hitsOf({ first, count }: SearchGroup, kept: number, ask: AskPage): VariableGroup {
  return {
    named: () => [],
    indexed: {
      count: Math.max(0, Math.min(count, kept - first)),
      list: async (from, wanted) => {
        const { items } = await ask(first + from, wanted);
        return items.map(hitVariable);
      },
    },
  };
}

function hitVariable(hit: SearchHit): DebugProtocol.Variable {
  const { address, value, symbol, thread, slot, frame, text } = hit;
  const stack =
    thread === undefined || slot === undefined
      ? undefined
      : `stack of ${thread}, rsp${slot < 0 ? '-' : '+'}${Math.abs(slot) * 8}${frame === undefined ? '' : `, frame ${frame}`}`;
  const parts = [value, symbol, stack, text].filter((part) => part !== undefined && part !== '');
  return plain(address, parts.join('  '), { memoryReference: address, evaluateName: `*${address}` });
}

function repeatedBody(
  target: DebugTarget,
  key: string,
  values: NonNullable<SearchAnswer['values']>,
): DebugProtocol.EvaluateResponse['body'] {
  const children: VariableGroup = {
    named: () =>
      values.map(({ value, count, text, kind }) =>
        plain(value, text === '' ? `${count} times` : `${count} times  ${text}`, { type: kind, evaluateName: value }),
      ),
  };
  return {
    result: `${values.length} words that occur more than once, the most frequent first`,
    variablesReference: values.length === 0 ? 0 : target.groups.reference(key, () => children),
    namedVariables: values.length,
  };
}

function searchTarget(text: string): SearchTarget | undefined {
  const [, quoted] = /^"(.*)"$/s.exec(text) ?? [];
  if (quoted !== undefined) return { kind: 'text', text: quoted, encoding: 'any' };
  if (/^(0x[0-9a-f]+|\d+)$/i.test(text)) return { kind: 'word', value: text };
  const [, bytes] = /^bytes\s+(.+)$/is.exec(text) ?? [];
  if (bytes !== undefined) return { kind: 'bytes', bytes };
  const [, start, end] = /^pointers\s+(?:into\s+)?(0x[0-9a-f]+)(?:\s+|-)(0x[0-9a-f]+)$/i.exec(text) ?? [];
  if (start !== undefined && end !== undefined) return { kind: 'pointersInto', start, end };
  return /^repeated$/i.test(text) ? { kind: 'repeated' } : undefined;
}
