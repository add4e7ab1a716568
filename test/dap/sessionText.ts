import type { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { launchAndStop, stepAndStop } from './adapterProcess.js';

const FRAMES_SHOWN = 12;
const THREADS_SHOWN = 10;
/** Frames whose scopes are written out; the others look alike. */
const FRAMES_UNFOLDED = 2;
const VARIABLES_SHOWN = 24;
/** Vector registers that are written out; the others look alike. */
const VECTOR = /^[xyz]mm\d+$/;
const VECTORS_SHOWN = /^[xyz]mm[01]$/;
const DEPTH = 3;

/**
 * A whole debug session as text, in the order in which a user sees it: the stop, the exception box, threads, call stack, scopes of
 * the first frames, the page of the innermost one, and a walk to the outermost frame and back.
 */
export async function sessionText(
  client: DebugClient,
  configuration: Readonly<Record<string, unknown>>,
): Promise<string> {
  const lines: string[] = [];
  const stop = await launchAndStop(client, configuration);
  const threadId = stop.body.threadId ?? 0;
  lines.push(stopLine(stop));

  const exception = (await client.exceptionInfoRequest({ threadId })).body;
  lines.push('', `exception: ${exception.exceptionId}`, ...indent((exception.description ?? '').split('\n')));

  const { threads } = (await client.threadsRequest()).body;
  lines.push('', `threads (${threads.length})`, ...threads.slice(0, THREADS_SHOWN).map(({ name }) => `  ${name}`));

  const { stackFrames } = (await client.stackTraceRequest({ threadId, levels: FRAMES_SHOWN })).body;
  lines.push('', ...(await callStackLines(client, threadId)));
  for (const frame of stackFrames.slice(0, FRAMES_UNFOLDED)) {
    lines.push('', `frame: ${frame.name}`);
    for (const scope of (await client.scopesRequest({ frameId: frame.id })).body.scopes) {
      lines.push(`  ${scope.name}`, ...(await variableLines(client, scope.variablesReference, 2)));
    }
  }
  const page = stackFrames.find((frame) => (frame.source?.sourceReference ?? 0) > 0);
  if (page?.source?.sourceReference !== undefined) {
    const { content } = (await client.sourceRequest({ sourceReference: page.source.sourceReference })).body;
    lines.push('', `page: ${page.source.name ?? ''}`, ...indent(content.split('\n')));
  }
  for (const command of ['stepOut', 'stepOut', 'continue', 'stepOut', 'reverseContinue', 'stepBack']) {
    lines.push('', `${command}: ${stopLine(await stepAndStop(client, command, threadId))}`);
    lines.push(...indent(await callStackLines(client, threadId)));
  }
  // Lines that end in blanks do not survive editors.
  return `${lines
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()}\n`;
}

function stopLine({ body }: DebugProtocol.StoppedEvent): string {
  return `stopped: ${body.reason}, ${body.description ?? ''}`;
}

async function callStackLines(client: DebugClient, threadId: number): Promise<string[]> {
  const { stackFrames, totalFrames } = (await client.stackTraceRequest({ threadId, levels: FRAMES_SHOWN })).body;
  return [
    `call stack (${totalFrames ?? '?'})`,
    ...stackFrames.map(({ name, presentationHint, source, line }) => {
      const mark = { subtle: '~', label: '-', normal: ' ' }[presentationHint ?? 'normal'];
      return `  ${mark} ${name}  ${source ? `${source.path ?? source.name ?? '?'}:${line}` : ''}`;
    }),
  ];
}

async function variableLines(client: DebugClient, reference: number, depth: number): Promise<string[]> {
  const { variables } = (await client.variablesRequest({ variablesReference: reference })).body;
  const lines: string[] = [];
  for (const { name, value, variablesReference } of variables.slice(0, VARIABLES_SHOWN)) {
    if (VECTOR.test(name) && !VECTORS_SHOWN.test(name)) continue;
    lines.push(`${'  '.repeat(depth)}${name} = ${value}`);
    if (variablesReference > 0 && depth <= DEPTH)
      lines.push(...(await variableLines(client, variablesReference, depth + 1)));
  }
  if (variables.length > VARIABLES_SHOWN)
    lines.push(`${'  '.repeat(depth)}... ${variables.length - VARIABLES_SHOWN} more`);
  return lines;
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
