import type { DebugProtocol } from '@vscode/debugprotocol';
import type { DebugTarget } from './debugTarget.js';
import { noSuchSource } from './errors.js';
import type { FrameRow } from '../shared/report.js';
import { frameListing, LINES_ABOVE } from './frameListing.js';
import { framePlace, isNowhere, TRUST_IN_WORDS } from './frameNames.js';
import { frameRegisters } from './frameRegisters.js';
import type { RequestArguments } from './requestArguments.js';
import { frameScope } from './slotScopes.js';
import type { DeadThread } from './threads.js';

/** The line of a page that its frame stands on: its instruction, or the headline where it has none. */
export function pageLine(row: FrameRow): number {
  return hasCode(row) ? HEAD_LINES + LINES_ABOVE + 1 : 1;
}

/** The headline and an empty line. */
const HEAD_LINES = 2;

/** Of a frame whose address is lost or belongs to nothing there is no code to show. */
function hasCode(row: FrameRow): boolean {
  return !isNowhere(row) && row.trust !== 'callTarget';
}

/** Editors choose a grammar by it. */
const PAGE_TYPE = 'text/x-redzone-frame';
const SLOTS_ON_PAGE = 64;

/** The text that stands for the source of a frame that has none. */
export async function sourcePage(
  target: DebugTarget,
  args: RequestArguments,
): Promise<DebugProtocol.SourceResponse['body']> {
  // The newer field first; the protocol keeps the older one for older clients.
  const reference = args.object('source').optionalInteger('sourceReference') ?? args.integer('sourceReference');
  const handle = target.pages.get(reference);
  if (!handle) throw noSuchSource(reference);
  return { content: await framePage(target, handle.thread, handle.index), mimeType: PAGE_TYPE };
}

async function framePage(target: DebugTarget, thread: DeadThread, index: number): Promise<string> {
  const row = await thread.frames.row(index);
  if (!row) return 'This frame is no longer there.\n';
  const total = await thread.frames.total();
  const headline = isNowhere(row)
    ? await nowhereLine(target, row.pc)
    : `${framePlace(row)}: ${row.file === undefined ? 'no source is known' : `${row.file}:${row.line ?? '?'} is not on this machine`}`;
  const rejected = await thread.frames.rejected(index);
  const facts = [
    `frame       ${index + 1} of ${total}, thread ${thread.name}`,
    `pc          ${row.pc}`,
    ...(row.cfa === undefined ? [] : [`cfa         ${row.cfa}`]),
    ...(row.module === undefined ? [] : [`module      ${row.module}`]),
    `found by    ${TRUST_IN_WORDS[row.trust]}`,
    ...(row.tailCallers === undefined
      ? []
      : [`tail call   from ${row.tailCallers.join(', from ')}, which left no frame`]),
    ...rejected.map((reason) => `why         ${reason}`),
    ...(index + 1 === total ? [`walk ended  ${await thread.frames.stop()}`] : []),
  ];
  const sections = [
    [headline],
    ...(hasCode(row) ? [await frameListing(target, thread, index)] : []),
    facts,
    ...(index === 0 && thread.crashed ? [verdictLines(target)] : []),
    await registerLines(target, thread, index),
    await slotLines(target, thread, index),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Code can lie outside every module: compiled at run time, for one. */
async function nowhereLine(target: DebugTarget, pc: string): Promise<string> {
  const { text, kind } = await target.core.ask('whatIs', { address: pc });
  switch (kind) {
    case 'code':
    case 'returnAddress':
      return `${pc}: ${text}`;
    case 'zero':
    case 'number':
    case 'unknown':
      // The text is the number once more: no mapping has the address.
      return `no code at ${pc}: nothing is mapped there`;
    default:
      return `no code at ${pc}: ${text}`;
  }
}

function verdictLines({ verdict }: DebugTarget): readonly string[] {
  return [verdict.title, verdict.account, ...verdict.evidence.map((item) => `  - ${item.text}`)];
}

async function registerLines(target: DebugTarget, thread: DeadThread, index: number): Promise<readonly string[]> {
  const { general } = await frameRegisters(target, thread, index);
  const known = general.filter(({ value }) => value !== undefined);
  const unknown = general.filter(({ value }) => value === undefined).map(({ name }) => name);
  return [
    'Registers',
    ...known.map(({ name, value, text }) => `  ${name.padEnd(8)} ${(value ?? '').padEnd(18)} ${text}`.trimEnd()),
    ...(unknown.length === 0 ? [] : [`  not known at this frame: ${unknown.join(' ')}`]),
  ];
}

async function slotLines(target: DebugTarget, thread: DeadThread, index: number): Promise<readonly string[]> {
  if (thread.reading.kind === 'remembered') return [];
  const { indexed } = await frameScope(target, thread, index);
  if (!indexed) return [];
  const shown = await indexed.list(0, Math.min(indexed.count, SLOTS_ON_PAGE), { hex: true });
  const more = indexed.count - shown.length;
  return [
    'Stack',
    ...shown.map(({ name, value }) => `  ${name.padEnd(18)} ${value}`),
    ...(more > 0 ? [`  ${more} more slots in the Frame scope`] : []),
  ];
}
