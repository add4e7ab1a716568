import { CASE, type Cohorts } from '../../../src/population/microscope/cohort.js';
import { microscope } from '../../../src/population/microscope/microscope.js';
import type { MicroscopeReport } from '../../../src/shared/microscope.js';
import type { PageWords } from './table.js';

/** What the registers and stacks of the chosen rows look like, beside those of all others. */
export function lookAt(words: PageWords, chosen: Uint32Array, rows: number): MicroscopeReport {
  const of = new Uint8Array(rows);
  for (const row of chosen) of[row] = CASE;
  const cohorts: Cohorts = { of, episodes: words.episodes };
  return microscope(words, cohorts, { selection: 'chosen', against: 'all others' });
}
