import { join } from 'node:path';
import { Command, Option } from 'commander';
import { runQuery, type QuerySink } from '../../session/query/runQuery.js';
import { csvLine } from '../csv.js';
import { EXIT } from '../exitCodes.js';
import { print } from '../output.js';
import { queryTable } from '../queryTable.js';

interface QueryCommandOptions {
  readonly json?: boolean;
  readonly ndjson?: boolean;
  readonly csv?: boolean;
  readonly duckdb?: string;
}

type Row = Parameters<QuerySink['rows']>[0][number];

/** `redzone query`: SQL over a data set. */
export function queryCommand(): Command {
  return new Command('query')
    .description('SQL over a data set, by DuckDB, which only reads: SELECT label, count(*) FROM crashes GROUP BY 1')
    .argument('<table>', 'a data set, or a .parquet, .ndjson or .csv file; in SQL it is the view crashes')
    .argument('<sql>', 'one SELECT')
    .addOption(new Option('--json', 'as one JSON array of objects').conflicts(['ndjson', 'csv']))
    .addOption(new Option('--ndjson', 'as one JSON object a line').conflicts('csv'))
    .option('--csv', 'as CSV')
    .addOption(
      new Option('--duckdb <folder>', 'where @duckdb/node-api is installed, if not beside redzone').env(
        'REDZONE_DUCKDB',
      ),
    )
    .action(run);
}

async function run(path: string, sql: string, options: QueryCommandOptions): Promise<void> {
  const output = outputFor(options);
  await runQuery(path, sql, output.sink, {
    script: join(__dirname, 'query.js'),
    ...(options.duckdb === undefined ? {} : { packages: [options.duckdb] }),
  });
  await output.end();
  process.exitCode = EXIT.done;
}

interface QueryOutput {
  readonly sink: QuerySink;
  readonly end: () => Promise<void>;
}

function outputFor({ json, ndjson, csv }: QueryCommandOptions): QueryOutput {
  let names: readonly string[] = [];
  const columns = (all: readonly string[]) => (names = distinct(all));
  const object = (row: Row) =>
    JSON.stringify(Object.fromEntries(row.map((value, index) => [names[index] ?? '', value])));
  if (ndjson === true)
    return {
      sink: { columns, rows: (rows) => print(rows.map((row) => `${object(row)}\n`).join('')) },
      end: () => Promise.resolve(),
    };
  if (csv === true) {
    let head = '';
    return {
      sink: {
        columns: (all) => (head = csvLine(all)),
        rows: async (rows) => {
          const lines = rows.map((row) => csvLine(row.map((value) => (value === null ? '' : String(value))))).join('');
          await print(`${head}${lines}`);
          head = '';
        },
      },
      end: () => print(head),
    };
  }
  if (json === true) {
    let before = '[';
    return {
      sink: {
        columns,
        rows: async (rows) => {
          for (const row of rows) {
            await print(`${before}\n${object(row)}`);
            before = ',';
          }
        },
      },
      end: () => print(before === '[' ? '[]\n' : '\n]\n'),
    };
  }
  const all: Row[] = [];
  return {
    sink: {
      columns,
      rows: (rows) => {
        all.push(...rows);
      },
    },
    end: () => print(queryTable(names, all)),
  };
}

/** Two columns of one name would be one in an object. */
function distinct(names: readonly string[]): string[] {
  const taken = new Map<string, number>();
  return names.map((name) => {
    const before = taken.get(name) ?? 0;
    taken.set(name, before + 1);
    return before === 0 ? name : `${name}_${before}`;
  });
}
