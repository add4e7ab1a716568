import { analysePopulation } from '../../session/population/analyse.js';
import type { ToolArguments } from './toolArguments.js';

const MOST = 100;
const OTHERWISE = 15;

/** What many crashes have to do with where and when they happen: the question of `redzone population`. */
export const POPULATION = {
  name: 'population',
  description:
    'What the crashes of a table have to do with host, release, time and any other column: findings with counts, odds ratios, adjusted probabilities and the DuckDB query that counts each again, what follows from a finding, and what can be ruled out. Takes a data set that "redzone triage --dataset" wrote, or a .parquet, .ndjson or .csv file with a column label or kind.',
  properties: {
    table: { type: 'string', description: 'Path of a data set or table' },
    node: { type: 'string', description: 'The column that says which machine; found by itself when left out' },
    gap: {
      type: 'integer',
      minimum: 0,
      maximum: 1e9,
      description: 'Crashes of one kind on one machine that follow within so many seconds count once',
    },
    limit: { type: 'integer', minimum: 1, maximum: MOST, description: `Findings; ${OTHERWISE} when it is left out` },
  },
  required: ['table'],
  run: async (given: ToolArguments): Promise<unknown> => {
    const path = given.text('table');
    const node = given.optionalText('node');
    const gap = given.optionalCount('gap', 0, 1e9);
    const limit = given.count('limit', OTHERWISE, 1, MOST);
    const { report, loaded } = await analysePopulation(path, {
      ...(node === undefined ? {} : { node }),
      ...(gap === undefined ? {} : { episodeGapSeconds: gap }),
    });
    if (loaded.table.rows === 0)
      throw new Error(
        loaded.problems[0] ?? `${path}: no rows found; expected a data set, .parquet, .ndjson, .json, .csv or .tsv`,
      );
    const { findings, explained, notAssociated } = report;
    const left = findings.length - limit;
    return {
      ...report,
      findings: findings.slice(0, limit),
      explained: explained.slice(0, limit),
      notAssociated: notAssociated.slice(0, limit),
      ...(left > 0 ? { more: `${left} further findings are left out` } : {}),
      problems: loaded.problems,
    };
  },
} as const;
