import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ExpectedDifference } from './expected.js';
import { REASONS } from './reasons.js';
import { type Rate, ratesText } from './rates.js';

const FILE = resolve(import.meta.dirname, '../../docs/agreement.md');
const BEGIN = '<!-- made by test/agreement -->';
const END = '<!-- end -->';

export function readDocument(): string {
  return readFileSync(FILE, 'utf8');
}

export function writeDocument(text: string): void {
  writeFileSync(FILE, text);
}

/** The document with its list renewed. */
export function writtenDocument(
  differences: readonly ExpectedDifference[],
  rates: Readonly<Record<string, Rate>>,
): string {
  const text = readDocument();
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error('docs/agreement.md has lost its marks');
  return `${text.slice(0, begin + BEGIN.length)}\n\n${listText(differences, rates)}\n${text.slice(end)}`;
}

function listText(differences: readonly ExpectedDifference[], rates: Readonly<Record<string, Rate>>): string {
  const parts = ['```', ratesText(rates), '```', ''];
  for (const [id, reason] of Object.entries(REASONS)) {
    const cases = differences.filter((one) => one.reason === id);
    if (cases.length === 0) continue;
    parts.push(`### ${reason.title}`, '', `**Right: ${RIGHT[reason.right]}.** ${reason.why}`, '');
    parts.push('| core | tool | difference |', '|---|---|---|');
    for (const { core, tool, says } of cases) parts.push(`| ${core} | ${tool} | ${says.replaceAll('|', '\\|')} |`);
    parts.push('');
  }
  return parts.join('\n');
}

const RIGHT = { redzone: 'redzone', tool: 'the other tool', taste: 'both; a matter of taste' } as const;
