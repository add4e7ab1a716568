import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A difference that is known, with its reason. */
export interface ExpectedDifference {
  readonly core: string;
  readonly tool: string;
  readonly says: string;
  /** A key of `REASONS`. */
  readonly reason: string;
}

const FILE = join(import.meta.dirname, 'expected.txt');

/** One difference a line: reason, core, tool, and what differs, separated by tabs. */
export function readExpected(): ExpectedDifference[] {
  return readFileSync(FILE, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [reason = '', core = '', tool = '', says = ''] = line.split('\t');
      return { reason, core, tool, says };
    });
}

export function writeExpected(differences: readonly ExpectedDifference[]): void {
  const lines = differences.map(({ reason, core, tool, says }) => [reason, core, tool, says].join('\t'));
  writeFileSync(
    FILE,
    lines
      .sort()
      .map((line) => `${line}\n`)
      .join(''),
  );
}
