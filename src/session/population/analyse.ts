import { populationReport } from '../../population/findings/report.js';
import type { PopulationReport } from '../../shared/findings.js';
import { type LoadedTable, loadTable } from './loadTable.js';
import { querySourceOf } from './querySource.js';

export interface AnalyseOptions {
  readonly episodeGapSeconds?: number;
  readonly node?: string;
}

export interface Analysis {
  readonly report: PopulationReport;
  readonly loaded: LoadedTable;
}

/** Reads a table or a data set and finds what its crashes have to do with their surroundings. Never throws for what files hold. */
export async function analysePopulation(path: string, options: AnalyseOptions = {}): Promise<Analysis> {
  const loaded = await loadTable(path);
  const source = querySourceOf(path, loaded.read, loaded.table);
  return { report: populationReport(loaded.table, { ...options, source }), loaded };
}
