import { readFileSync, statSync } from 'node:fs';
import { cellText } from './cellText.js';

/** Bounds of what one file may add. */
const MOST_BYTES = 1 << 20;
const MOST_COLUMNS = 100;
const MOST_DEPTH = 6;

/**
 * Columns out of a JSON file beside a core.
 *
 * @param template the path of the file: `{}` stands for that of the core, `{stem}` for the same without its ending
 * @returns `undefined` when there is no such file, or it holds no JSON object
 */
export function sidecarFacts(template: string, source: string): Readonly<Record<string, string>> | undefined {
  const path = template
    .replaceAll('{stem}', source.replace(/(\.(core|dump|dmp))?(\.(zst|gz|xz|lz4|zip))?$/i, ''))
    .replaceAll('{}', source);
  try {
    const stat = statSync(path);
    return stat.isFile() && stat.size <= MOST_BYTES ? jsonFacts(readFileSync(path, 'utf8')) : undefined;
  } catch {
    return undefined;
  }
}

/** The values in a JSON object, by their path with underscores; lists of plain values as one text. `undefined` when it is none. */
export function jsonFacts(text: string): Readonly<Record<string, string>> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const facts: Record<string, string> = {};
  flatten(value as Record<string, unknown>, '', 0, facts);
  return facts;
}

function flatten(
  object: Readonly<Record<string, unknown>>,
  before: string,
  depth: number,
  facts: Record<string, string>,
): void {
  for (const [key, value] of Object.entries(object)) {
    if (Object.keys(facts).length >= MOST_COLUMNS) return;
    const name = `${before}${key.replace(/\W+/g, '_')}`;
    if (value === null || value === '') continue;
    if (Array.isArray(value)) {
      if (value.length > 0 && value.every((item) => typeof item !== 'object'))
        facts[name] = value.map(String).join(' ');
    } else if (typeof value === 'object') {
      if (depth < MOST_DEPTH) flatten(value as Record<string, unknown>, `${name}_`, depth + 1, facts);
    } else facts[name] = cellText(value);
  }
}
