import type { DebugProtocol } from '@vscode/debugprotocol';
import type { DebugTarget } from './debugTarget.js';
import { notCrashed } from './errors.js';
import { framePlace } from './frameNames.js';
import type { RequestArguments } from './requestArguments.js';

const FRAMES_SHOWN = 20;

/** What the exception box says: the verdict with its evidence, not the bare signal. */
export async function exceptionInfo(
  target: DebugTarget,
  args: RequestArguments,
): Promise<DebugProtocol.ExceptionInfoResponse['body']> {
  const thread = target.threads.get(args.integer('threadId'));
  if (!thread.crashed) throw notCrashed(thread.tid);
  const { verdict } = target;
  const rows = [];
  for (let index = 0; index < FRAMES_SHOWN; index++) {
    const row = await thread.frames.row(index);
    if (!row) break;
    rows.push(row);
  }
  return {
    exceptionId: verdict.title,
    description: verdictText(target),
    breakMode: 'unhandled',
    details: {
      message: verdict.account,
      typeName: verdict.kind,
      fullTypeName: `${verdict.label}/${verdict.kind}`,
      stackTrace: rows
        .map((row) => {
          const place = row.file === undefined ? '' : ` (${row.file}:${row.line ?? 0})`;
          return `at ${framePlace(row)}${place}`;
        })
        .join('\n'),
    },
  };
}

/** The verdict as text: account, evidence for and against, and what would change it. */
export function verdictText({ verdict, summary }: DebugTarget): string {
  const supporting = verdict.evidence.filter(({ weight }) => weight >= 0);
  const opposing = verdict.evidence.filter(({ weight }) => weight < 0);
  const { signal } = summary;
  const ending = signal
    ? [`Ended by ${signal.name}${signal.codeName === undefined ? '' : `, ${signal.codeName}`}.`]
    : [];
  return [
    verdict.account,
    ...ending,
    ...bullets('Evidence:', supporting),
    ...bullets('Against it:', opposing),
    ...bullets(
      'Not checked:',
      verdict.missing.map((text) => ({ text })),
    ),
    `Confidence ${Math.round(verdict.confidence * 100)} %.`,
  ].join('\n');
}

function bullets(title: string, items: readonly { readonly text: string }[]): readonly string[] {
  return items.length === 0 ? [] : [title, ...items.map(({ text }) => `  - ${text}`)];
}
