import type { ExplainedFinding, Finding, PopulationReport } from '../shared/findings.js';
import { escapeControls } from './output.js';
import { wrapped } from './wrapped.js';

const MOST_RULED_OUT = 12;
const MOST_SUSPECTS = 10;

/** A report as text for a terminal: findings first. */
export function populationText(report: PopulationReport, withQueries: boolean): string {
  const lines = [...head(report), ''];
  if (report.findings.length === 0)
    lines.push('Nothing found: no label has to do with any column, as far as can be told.', '');
  for (const finding of report.findings) lines.push(...findingLines(finding, report.explained, withQueries), '');
  lines.push(...suspectLines(report), ...ruledOutLines(report));
  for (const note of report.notes) lines.push(...wrapped(note, ''));
  return `${lines.join('\n')}\n`;
}

function head({ counts, findings }: PopulationReport): string[] {
  const labels = counts.labels.slice(0, 8).map(({ label, kind, crashes }) => `${label ?? kind ?? ''} ${crashes}`);
  const span = counts.from === undefined ? '' : `, ${counts.from.slice(0, 10)} to ${(counts.to ?? '').slice(0, 10)}`;
  const left = counts.unreadable > 0 ? `, ${counts.unreadable} rows unreadable or without label` : '';
  return [
    ...wrapped(`${counts.crashes} crashes in ${counts.episodes} episodes${span}${left}: ${labels.join(', ')}`, ''),
    `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`,
  ];
}

function findingLines(finding: Finding, explained: readonly ExplainedFinding[], withQueries: boolean): string[] {
  const lines = wrapped(finding.text, `${String(finding.rank).padStart(2)}. `);
  const also = finding.alsoSeenAs.map(({ dimension, value }) => `${list(dimension)} ${list(value)}`);
  if (also.length > 0) lines.push(...wrapped(`also seen as ${also.join('; ')}: it follows from this`, '    '));
  const others = explained.filter(({ explainedBy }) => explainedBy === finding.rank).length - also.length;
  if (others > 0)
    lines.push(`    ${others} further ${others === 1 ? 'association follows' : 'associations follow'} from it`);
  if (withQueries) lines.push(...finding.query.split('\n').map((line) => `    ${escapeControls(line)}`));
  return lines;
}

function suspectLines({ hardwareSuspects }: PopulationReport): string[] {
  if (hardwareSuspects.length === 0) return [];
  return [
    'Hardware suspects, by crashes that healthy hardware does not make:',
    ...hardwareSuspects
      .slice(0, MOST_SUSPECTS)
      .map(
        ({ dimension, value, cases, of }) => `  ${escapeControls(`${dimension} ${String(value)}`)}: ${cases} of ${of}`,
      ),
    '',
  ];
}

function ruledOutLines({ notAssociated }: PopulationReport): string[] {
  if (notAssociated.length === 0) return [];
  const shown = notAssociated
    .slice(0, MOST_RULED_OUT)
    .map(({ dimension, detectableOddsRatio }) => `${dimension} (${detectableOddsRatio})`);
  const label = notAssociated[0]?.label;
  const more = notAssociated.length - shown.length;
  const text = `Not associated${label === undefined ? '' : ` with ${label}`}; in brackets the odds ratio that would have been seen: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
  return [...wrapped(text, ''), ''];
}

function list(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join(' and ') : String(value);
}
