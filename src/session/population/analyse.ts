import { ExposureProblem } from '../../population/exposure/exposure.js';
import { populationReport } from '../../population/findings/report.js';
import type { PopulationReport } from '../../shared/findings.js';
import { type LoadedTable, loadTable } from './loadTable.js';
import { querySourceOf } from './querySource.js';

export interface AnalyseOptions {
  readonly episodeGapSeconds?: number;
  readonly node?: string;
  /** A table that says how much ran where, and its column that says how much. */
  readonly exposure?: string;
  readonly exposureUnit?: string;
}

export interface Analysis {
  readonly report: PopulationReport;
  readonly loaded: LoadedTable;
}

/**
 * Reads a table or a data set and finds what its crashes have to do with their surroundings. Never throws for what files hold; an
 * exposure table that cannot be used is a problem of `loaded`, and the report does without.
 */
export async function analysePopulation(path: string, options: AnalyseOptions = {}): Promise<Analysis> {
  const { exposure: exposurePath, exposureUnit, ...asked } = options;
  const loaded = await loadTable(path);
  const source = querySourceOf(path, loaded.read, loaded.table);
  if (exposurePath === undefined) return { report: populationReport(loaded.table, { ...asked, source }), loaded };
  const amounts = await loadTable(exposurePath);
  const problems = [...loaded.problems, ...amounts.problems];
  const unit = exposureUnit === undefined ? {} : { unit: exposureUnit };
  try {
    const report = populationReport(loaded.table, { ...asked, source, exposure: { table: amounts.table, ...unit } });
    return { report, loaded: { ...loaded, problems } };
  } catch (error) {
    if (!(error instanceof ExposureProblem)) throw error;
    // A file that could not be read has been named already.
    if (amounts.problems.length === 0)
      problems.push(`${exposurePath}: ${error.message}; shares are compared instead of rates`);
    return { report: populationReport(loaded.table, { ...asked, source }), loaded: { ...loaded, problems } };
  }
}
