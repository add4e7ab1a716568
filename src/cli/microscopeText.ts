import type { MicroscopeReport, PositionProfile, WordMark, WordProfile } from '../shared/microscope.js';
import { escapeControls } from './output.js';
import { wrapped } from './wrapped.js';

const MOST_FOLDED = 6;

/** What the microscope shows, as text for a terminal: what stands out, then position by position. */
export function microscopeText(report: MicroscopeReport, withPositions: boolean): string {
  const { selection, against, cases, others, marks } = report;
  const lines = [
    ...wrapped(
      `${selection}: ${cases.withWords} of ${cases.crashes} crashes keep their words, beside ${others.withWords} of ${others.crashes} (${against})`,
      '',
    ),
    '',
  ];
  if (marks.length === 0 && cases.withWords > 0 && others.withWords > 0)
    lines.push('Nothing stands out: no register and no slot tells these from the others, as far as can be told.', '');
  marks.forEach((mark, index) => {
    lines.push(...markLines(mark, index + 1), '');
  });
  if (withPositions && report.positions.length > 0) lines.push(...table(report.positions), '');
  for (const note of report.notes) lines.push(...wrapped(note, ''));
  return `${lines.join('\n')}\n`;
}

function markLines({ text, alsoSeenAs }: WordMark, number: number): string[] {
  const lines = wrapped(text, `${String(number).padStart(2)}. `);
  if (alsoSeenAs.length === 0) return lines;
  const shown = alsoSeenAs
    .slice(0, MOST_FOLDED)
    .map(({ position, word, inside, outside }) => `${position} ${word} (${share(inside)} | ${share(outside)})`);
  const more = alsoSeenAs.length - shown.length;
  return [...lines, ...wrapped(`with it go ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`, '    ')];
}

function table(positions: readonly PositionProfile[]): string[] {
  const rows = positions
    .filter(tellsAnything)
    .map(({ position, cases, others }) => [position, ...cells(cases), '|', ...cells(others)]);
  const head = ['', 'zero', 'mostly', 'bits', 'most often', '|', 'zero', 'mostly', 'bits', 'most often'];
  const widths = head.map((_, index) => Math.max(...[head, ...rows].map((row) => row[index]?.length ?? 0)));
  return [head, ...rows].map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** A position that holds one and the same word in all cores, as segment registers do, is none to look at. */
function tellsAnything({ cases, others }: PositionProfile): boolean {
  return cases.entropy > 0 || others.entropy > 0 || cases.repeated?.word !== others.repeated?.word;
}

function cells(profile: WordProfile): string[] {
  if (profile.known === 0) return ['-', '-', '-', '-'];
  const [kind = '', count = 0] = Object.entries(profile.classes).sort((a, b) => b[1] - a[1])[0] ?? [];
  return [
    share({ cases: profile.zero, of: profile.known }),
    `${kind} ${share({ cases: count, of: profile.known })}`,
    profile.entropy.toFixed(1),
    profile.repeated === undefined
      ? '-'
      : escapeControls(
          `${profile.repeated.word.slice(0, 32)} ${share({ cases: profile.repeated.cores, of: profile.known })}`,
        ),
  ];
}

function share({ cases, of }: { readonly cases: number; readonly of: number }): string {
  if (of === 0) return '-';
  const percent = (cases / of) * 100;
  return `${percent > 0 && percent < 1 ? '<1' : percent < 100 && percent > 99 ? '>99' : percent.toFixed(0)}%`;
}
