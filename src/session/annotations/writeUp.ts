import { type Annotation, targetWords } from '../../shared/annotations.js';
import type { CoreSummary, StackPage, VerdictAnswer } from '../../shared/queries.js';
import type { FrameRow } from '../../shared/report.js';
import type { OpenedCore } from '../coreSession.js';
import { code, codeBlock, plainText, table } from './markdown.js';

/** Frames of a thread in a write-up. */
const FRAMES = 40;
/** Threads with annotations whose stacks are shown, besides the crashed one. */
const MOST_THREADS = 8;

/**
 * One core as a Markdown document, ready to be pasted into an issue: verdict with its evidence, the crashed stack and those with notes,
 * what was annotated, and what is open: suspicions nobody has explained, and what the verdict could not check.
 */
export async function writeUp(
  core: OpenedCore,
  annotations: readonly Annotation[],
  signal?: AbortSignal,
): Promise<string> {
  const summary = await core.ask('summary', {}, signal);
  const verdict = await core.ask('verdict', {}, signal);
  const stacks: { readonly tid: number; readonly stack: StackPage }[] = [];
  for (const tid of threadsOf(summary, annotations)) {
    // A note may name a thread that this core, read by another version, does not have.
    const stack = await core.ask('stack', { tid, from: 0, count: FRAMES }, signal).catch(() => undefined);
    signal?.throwIfAborted();
    if (stack !== undefined) stacks.push({ tid, stack });
  }
  return document({ summary, verdict, stacks, annotations });
}

/** What a write-up is made of. */
export interface WriteUpParts {
  readonly summary: CoreSummary;
  readonly verdict: VerdictAnswer;
  readonly stacks: readonly { readonly tid: number; readonly stack: StackPage }[];
  readonly annotations: readonly Annotation[];
}

/** The document of the parts. */
export function document({ summary, verdict, stacks, annotations }: WriteUpParts): string {
  const blocks = [
    `# ${plainText(verdict.title)}`,
    `${plainText(verdict.account)} Confidence ${verdict.confidence.toFixed(2)}.`,
    facts(summary, verdict),
    '## Evidence',
    evidence(verdict),
    ...stacks.flatMap(({ tid, stack }) => [
      `## Stack of thread ${tid}${tid === summary.crashedTid ? ' (crashed)' : ''}`,
      codeBlock(stackLines(stack)),
    ]),
    ...(annotations.length === 0 ? [] : ['## Annotations', annotationTable(annotations)]),
    '## Open questions',
    openQuestions(verdict, annotations),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function threadsOf(summary: CoreSummary, annotations: readonly Annotation[]): Set<number> {
  const tids = new Set<number>();
  if (summary.crashedTid !== undefined) tids.add(summary.crashedTid);
  for (const { target } of annotations) {
    if ('tid' in target && tids.size <= MOST_THREADS) tids.add(target.tid);
  }
  return tids;
}

function facts(summary: CoreSummary, verdict: VerdictAnswer): string {
  const { process, signal } = summary;
  const rows: [string, string | undefined][] = [
    ['Core', code(summary.source)],
    ['Process', process && `${code(process.args === '' ? process.comm : process.args)} (pid ${process.pid})`],
    ['Executable', process?.exe === undefined ? undefined : code(process.exe)],
    ['Build id', process?.buildId],
    [
      'Signal',
      signal &&
        [signal.name, signal.codeName, signal.faultAddress && `at ${signal.faultAddress}`]
          .filter((part) => part !== undefined && part !== '')
          .join(' '),
    ],
    ['Host', summary.host === undefined ? undefined : plainText(summary.host)],
    ['Time', summary.time],
    ['Label', `${verdict.label} / ${verdict.kind}${verdict.shift === undefined ? '' : `, shift ${verdict.shift}`}`],
    ['Signature', code(verdict.signature)],
  ];
  return table(
    ['', ''],
    rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function evidence(verdict: VerdictAnswer): string {
  if (verdict.evidence.length === 0) return 'None.';
  const heaviest = [...verdict.evidence].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  return heaviest.map((item) => `- ${item.weight < 0 ? '**against:** ' : ''}${plainText(item.text)}`).join('\n');
}

function stackLines(stack: StackPage): string[] {
  const lines = stack.items.map((frame) => {
    const at = frame.file === undefined ? '' : ` at ${frame.file}${frame.line === undefined ? '' : `:${frame.line}`}`;
    return `#${String(frame.index).padEnd(3)} ${frame.pc.padStart(18)} ${nameOf(frame)}${at}${trustOf(frame)}`;
  });
  if (stack.total > stack.items.length) lines.push(`... and ${stack.total - stack.items.length} more frames`);
  return [...lines, `(${stack.stop})`];
}

function nameOf(frame: FrameRow): string {
  if (frame.function !== undefined) return frame.function;
  return frame.module === undefined ? '??' : `?? in ${frame.module}`;
}

/** How a frame was found is worth a word where it is not beyond doubt. */
function trustOf(frame: FrameRow): string {
  if (frame.inlined === true) return ' [inline]';
  return frame.trust === 'cfi' || frame.trust === 'context' ? '' : ` [${frame.trust}]`;
}

function annotationTable(annotations: readonly Annotation[]): string {
  const rows = annotations.map(({ target, mark, text, author, changed, about }) => [
    code(targetWords(target)),
    about === undefined ? '' : code(about),
    mark,
    text.split('\n').map(plainText).join('<br>'),
    `${plainText(author)}, ${plainText(changed.slice(0, 10))}`,
  ]);
  return table(['where', 'what stands there', 'mark', 'note', 'by'], rows);
}

function openQuestions(verdict: VerdictAnswer, annotations: readonly Annotation[]): string {
  const suspicious = annotations.filter(({ mark }) => mark === 'suspicious');
  const lines = [
    ...suspicious.map(({ target, text }) => `- [ ] ${code(targetWords(target))}: ${plainText(text) || 'suspicious'}`),
    ...verdict.missing.map((text) => `- [ ] not checked: ${plainText(text)}`),
  ];
  return lines.length === 0 ? 'None.' : lines.join('\n');
}
