import { InvalidatedEvent } from '@vscode/debugadapter';
import { breakpointInfo, unverifiedBreakpoints } from './breakpoints.js';
import { completions } from './completions.js';
import type { DebugTarget } from './debugTarget.js';
import { disassemble } from './disassemble.js';
import { deadProcess, noAttach, noLocations, type AdapterError } from './errors.js';
import { evaluate } from './evaluate.js';
import { exceptionInfo } from './exceptionInfo.js';
import type { CursorStep } from './frameCursor.js';
import { sourcePage } from './framePage.js';
import { framePosition, frameSource, goToFrame } from './framePosition.js';
import { loadedSources } from './loadedSources.js';
import { readMemory } from './memory.js';
import { modules } from './modules.js';
import { deleteNote, noteSubject, writeNote } from './noteSubjects.js';
import type { RequestArguments } from './requestArguments.js';
import type { RequestContext } from './requestContext.js';
import { scopes } from './scopes.js';
import { stackTrace } from './stackTrace.js';
import { step } from './stepping.js';
import { variables } from './variables.js';

/** A request on an open core; what it returns is the body of the answer. */
export type TargetRequest = (target: DebugTarget, args: RequestArguments, context: RequestContext) => unknown;

/** Requests that need an open core, by command. */
export const TARGET_REQUESTS: ReadonlyMap<string, TargetRequest> = new Map<string, TargetRequest>([
  ['threads', ({ threads }) => ({ threads: threads.all.map(({ id, name }) => ({ id, name })) })],
  [
    'stackTrace',
    async (target, args, { client }) => {
      const { stackFrames, totalFrames } = await stackTrace(target, args, client);
      return { stackFrames: stackFrames.map((frame) => client.frame(frame)), totalFrames };
    },
  ],
  ['scopes', scopes],
  ['variables', variables],
  ['evaluate', evaluate],
  ['completions', (target, args, { client }) => completions(target, args, client)],
  ['exceptionInfo', exceptionInfo],
  ['source', sourcePage],
  [
    'disassemble',
    async (target, args, { client, signal }) => {
      const body = await disassemble(target, args, signal);
      const instructions = (body?.instructions ?? []).map((each) =>
        each.location ? { ...each, location: client.source(each.location), line: client.line(each.line ?? 1) } : each,
      );
      return { instructions };
    },
  ],
  [
    'loadedSources',
    async (target, _args, { client }) => {
      const { sources } = await loadedSources(target);
      return { sources: sources.map((source) => client.source(source)) };
    },
  ],
  [
    'redzone.sourcesChanged',
    (target, _args, context) => {
      target.sources.forget();
      if (context.client.hearsInvalidation) context.later(new InvalidatedEvent(['stacks']));
    },
  ],
  ['readMemory', (target, args, { signal }) => readMemory(target, args, signal)],
  ['modules', modules],
  ['redzone.framePosition', framePosition],
  ['redzone.frameSource', frameSource],
  ['redzone.goToFrame', goToFrame],
  ['redzone.noteSubject', noteSubject],
  ['redzone.writeNote', writeNote],
  ['redzone.deleteNote', deleteNote],
  ['next', stepping('caller')],
  ['stepOut', stepping('caller')],
  ['stepIn', stepping('callee')],
  ['stepBack', stepping('callee')],
  ['continue', stepping('outermost', { allThreadsContinued: false })],
  ['reverseContinue', stepping('innermost')],
]);

/** Requests that are answered with or without a core. */
export const FREE_REQUESTS: ReadonlyMap<string, (args: RequestArguments) => unknown> = new Map<
  string,
  (args: RequestArguments) => unknown
>([
  ['setBreakpoints', unverifiedBreakpoints],
  ['setFunctionBreakpoints', unverifiedBreakpoints],
  ['setDataBreakpoints', unverifiedBreakpoints],
  ['setInstructionBreakpoints', unverifiedBreakpoints],
  ['setExceptionBreakpoints', () => ({ breakpoints: [] })],
  ['breakpointLocations', () => ({ breakpoints: [] })],
  ['dataBreakpointInfo', breakpointInfo],
]);

/** Requests that are understood and refused. */
export const REFUSED_REQUESTS: ReadonlyMap<string, () => AdapterError> = new Map([
  ['attach', noAttach],
  ['setVariable', () => deadProcess('change a variable')],
  ['setExpression', () => deadProcess('change a value')],
  ['writeMemory', () => deadProcess('write memory')],
  ['pause', () => deadProcess('pause it')],
  ['goto', () => deadProcess('move its execution')],
  ['gotoTargets', () => deadProcess('move its execution')],
  ['restartFrame', () => deadProcess('run a frame again')],
  ['stepInTargets', () => deadProcess('step into a call')],
  ['terminateThreads', () => deadProcess('end a thread')],
  ['locations', noLocations],
]);

function stepping(direction: CursorStep, body?: object): TargetRequest {
  return async (target, args, context) => {
    context.later(await step(target, args, direction));
    return body;
  };
}
