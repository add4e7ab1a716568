import type { ComparedValue, CompareRow } from '../../shared/queries.js';
import type { OpenedCore } from '../coreSession.js';
import { tellApart } from './tellApart.js';

/** What is known of a core as a whole, by name, in the order of display. */
export type CoreFacts = ReadonlyMap<string, string>;

/** The facts by which one sees whether two crashes are one. */
export async function coreFacts(core: OpenedCore, signal?: AbortSignal): Promise<CoreFacts> {
  const { process, signal: killer, kernel, processor, threadCount } = await core.ask('summary', {}, signal);
  const verdict = await core.ask('verdict', {}, signal);
  const all: readonly (readonly [name: string, text: string | undefined])[] = [
    ['verdict', verdict.title],
    ['signature', verdict.signature],
    ['signal', [killer?.name, killer?.codeName].filter((part) => part !== undefined).join(' ')],
    ['program', process?.exe ?? process?.comm],
    ['build id', process?.buildId],
    ['threads', String(threadCount)],
    ['kernel', kernel],
    ['processor', processor],
  ];
  return new Map(all.flatMap(([name, text]) => (text === undefined || text === '' ? [] : [[name, text]])));
}

/** The facts of two cores side by side. */
export function factRows(left: CoreFacts, right: CoreFacts): CompareRow[] {
  return [...new Set([...left.keys(), ...right.keys()])].map((name) => {
    const [l, r] = [left.get(name), right.get(name)];
    const [leftText, rightText] = name === 'program' ? shortPaths(l, r) : [l, r];
    return {
      part: 'fact',
      name,
      ...(leftText === undefined ? {} : { left: valueOf(leftText) }),
      ...(rightText === undefined ? {} : { right: valueOf(rightText) }),
      relation: l === undefined ? 'rightOnly' : r === undefined ? 'leftOnly' : l === r ? 'equal' : 'different',
    };
  });
}

/** What tells two paths apart stands at their ends, which is where a narrow column would cut them. */
function shortPaths(left: string | undefined, right: string | undefined): readonly (string | undefined)[] {
  if (left === undefined || right === undefined || left === right) return [left, right];
  return tellApart(left, right);
}

function valueOf(text: string): ComparedValue {
  return { kind: 'unknown', text };
}
