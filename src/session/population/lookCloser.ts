import { DEFAULT_GAP_SECONDS } from '../../population/findings/report.js';
import { fleetOf } from '../../population/findings/fleet.js';
import { rolesOf } from '../../population/findings/roles.js';
import { CASE, NEITHER, OTHER } from '../../population/microscope/cohort.js';
import { parseConditions, rowsThat } from '../../population/microscope/condition.js';
import { microscope } from '../../population/microscope/microscope.js';
import type { WordTable } from '../../population/microscope/wordTable.js';
import type { ColumnTable } from '../../shared/columnTable.js';
import type { MicroscopeReport } from '../../shared/microscope.js';
import type { AnalyseOptions } from './analyse.js';
import { type LoadedTable, loadTable } from './loadTable.js';
import { loadWords } from './loadWords.js';

export interface MicroscopeQuestion extends AnalyseOptions {
  /** Conditions of the crashes that are looked at: `label=return-to-null and host!=a`. */
  readonly selection: string;
  /** Of those that they are held against, as far as they are not looked at themselves; all others where it is left out. */
  readonly against?: string;
}

/** More cores of either cohort say nothing more: shares are known to a fraction of a percent. */
const MOST_OF_COHORT = 100_000;

/**
 * Looks at the registers and stacks of some crashes of a table, beside those of others.
 *
 * @throws one sentence where a condition cannot be understood
 */
export async function lookCloser(
  path: string,
  question: MicroscopeQuestion,
): Promise<{ readonly loaded: LoadedTable; readonly report: MicroscopeReport }> {
  const conditions = parseConditions(question.selection);
  const against = question.against === undefined ? undefined : parseConditions(question.against);
  const loaded = await loadTable(path);
  const { table } = loaded;
  const cases = table.rows === 0 ? new Uint8Array() : rowsThat(conditions, table);
  const others = against === undefined || table.rows === 0 ? undefined : rowsThat(against, table);
  const { of: episodeOf, isCrash } = episodesOfRows(table, question);
  const of = cases.map((isCase, row) =>
    isCrash[row] === 0 ? NEITHER : isCase === 1 ? CASE : others?.[row] === 0 ? NEITHER : OTHER,
  );
  const words = await loadWords(loaded.read, {
    mostOfStratum: MOST_OF_COHORT,
    stratum: (row) => (of[row] === NEITHER ? undefined : of[row]),
  });
  const cohorts = { of, episodes: words.rows.map((row) => episodeOf[row] ?? -1) };
  const names = { selection: question.selection, against: question.against ?? 'all other crashes' };
  return { loaded, report: microscope(words, cohorts, names) };
}

/** For each row of the table its episode, and whether it is a crash at all. */
export function episodesOfRows(
  table: ColumnTable,
  { node, episodeGapSeconds = DEFAULT_GAP_SECONDS }: AnalyseOptions,
): { readonly of: Int32Array; readonly isCrash: Uint8Array } {
  const { crashes, episodeOf } = fleetOf(table, rolesOf(table, node), episodeGapSeconds * 1000);
  const of = new Int32Array(table.rows).fill(-1);
  const isCrash = new Uint8Array(table.rows);
  crashes.forEach((row, crash) => {
    of[row] = episodeOf[crash] ?? -1;
    isCrash[row] = 1;
  });
  return { of, isCrash };
}

/** Words of crashes with their episodes. */
export interface EpisodeWords extends WordTable {
  readonly episodes: Int32Array;
}

/**
 * Words of all crashes of a table, for whoever may choose any of them: of each label and kind no more than so many. `undefined` where
 * the table keeps none, which its columns tell without its rows being read again.
 */
export async function wordsOf(
  { table, read }: LoadedTable,
  most: number,
  options: AnalyseOptions,
): Promise<EpisodeWords | undefined> {
  if (!table.columns.some(({ name }) => KEEPS_WORDS.test(name))) return undefined;
  const { of: episodeOf, isCrash } = episodesOfRows(table, options);
  const strata = new Map<string, number>();
  const columns = ['label', 'kind'].map((name) => table.columns.find((column) => column.name === name));
  const stratumOf = Int32Array.from(isCrash, (crash, row) => {
    if (crash === 0) return -1;
    const key = columns.map((column) => (column?.type === 'category' ? column.codes[row] : -1)).join('/');
    let number = strata.get(key);
    if (number === undefined) strata.set(key, (number = strata.size));
    return number;
  });
  const words = await loadWords(read, {
    mostOfStratum: Math.max(100, Math.floor(most / Math.max(1, strata.size))),
    stratum: (row) => {
      const stratum = stratumOf[row] ?? -1;
      return stratum < 0 ? undefined : stratum;
    },
  });
  return words.rows.length === 0 ? undefined : { ...words, episodes: words.rows.map((row) => episodeOf[row] ?? 0) };
}

const KEEPS_WORDS = /^(stack|stack_words|registers|register_words|(thread\.)?registers\..+)$/;
