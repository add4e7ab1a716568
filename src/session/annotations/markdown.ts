import { oneLine } from './annotationsText.js';

/** Text that comes from a core or a person, as Markdown that shows just that text: one line, no markup, no HTML, no links. */
export function plainText(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_{}[\]()#+!|~$@<>&]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/(https?|www)(?=[:.])/gi, (word) => `${word.slice(0, 1)}&#8203;${word.slice(1)}`);
}

/** The same as code; the fence is longer than any run of backticks within. */
export function code(text: string): string {
  const shown = oneLine(text).replace(/\|/g, '\u00a6');
  if (shown === '') return '';
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const room = longest > 0 || shown.startsWith('`') ? ' ' : '';
  return `${fence}${room}${shown}${room}${fence}`;
}

/** Lines as a block of code. */
export function codeBlock(lines: readonly string[]): string {
  const longest = Math.max(2, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [fence, ...lines.map(oneLine), fence].join('\n');
}

/** A table; cells are Markdown already. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
