import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { denyList } from '../../shared/denyList.js';
import { type AnalyseOptions, analysePopulation } from '../../session/population/analyse.js';
import { populationPage } from '../../session/population/standalonePage.js';
import { lookCloser } from '../../session/population/lookCloser.js';
import { EXIT } from '../exitCodes.js';
import { print, warn } from '../output.js';
import { microscopeText } from '../microscopeText.js';
import { populationText } from '../populationText.js';

interface PopulationCommandOptions {
  readonly json?: boolean;
  readonly sql?: boolean;
  readonly html?: string;
  readonly node?: string;
  readonly gap?: number;
  readonly exposure?: string;
  readonly exposureUnit?: string;
  readonly denyList?: string;
  readonly microscope?: string;
  readonly against?: string;
  readonly positions?: boolean;
}

/** `redzone population`: what many crashes have in common, and what not. */
export function populationCommand(): Command {
  return new Command('population')
    .description('what many crashes have to do with where and when they happen')
    .argument(
      '<table>',
      'a data set, or a .parquet, .ndjson or .csv file with columns label, kind, time and any others',
    )
    .option('--json', 'as one JSON object')
    .option('--html <file>', 'as one page that needs nothing else: findings, timeline, facets, list')
    .option('--sql', 'with each finding the DuckDB query that counts it again')
    .option('--node <column>', 'the column that says which machine')
    .option('--gap <seconds>', 'crashes of one kind on one machine that follow within this time count once', parseGap)
    .option(
      '--exposure <table>',
      'how much ran where (host-hours, requests), by columns that the crashes have too: rates instead of shares',
    )
    .option('--exposure-unit <column>', "the exposure table's column that says how much")
    .option('--deny-list <file>', 'the suspect machines, one a line, for a scheduler')
    .option(
      '--microscope <conditions>',
      "what registers and stacks of these crashes look like, beside all others: 'label=return-to-null and host!=a'",
    )
    .option('--against <conditions>', 'with --microscope: beside these only')
    .option('--positions', 'with --microscope: every register and slot as well')
    .action(run);
}

async function run(path: string, options: PopulationCommandOptions): Promise<void> {
  const asked = {
    ...(options.node === undefined ? {} : { node: options.node }),
    ...(options.gap === undefined ? {} : { episodeGapSeconds: options.gap }),
    ...(options.exposure === undefined ? {} : { exposure: options.exposure }),
    ...(options.exposureUnit === undefined ? {} : { exposureUnit: options.exposureUnit }),
  };
  if (options.microscope !== undefined) {
    await look(path, options.microscope, { ...options, ...asked });
    return;
  }
  const { report, loaded } = await analysePopulation(path, asked);
  for (const problem of loaded.problems) warn(problem);
  if (loaded.table.rows === 0) {
    if (loaded.problems.length === 0) warn(`${path}: no rows found; expected .parquet, .ndjson, .json, .csv or .tsv`);
    process.exitCode = EXIT.nothingRead;
    return;
  }
  if (report.counts.crashes === 0)
    warn(`${path}: none of its ${report.counts.rows} rows has a label or a kind; expected columns of these names`);
  if (options.node !== undefined && report.method.node === undefined)
    warn(`--node: the table has no column ${options.node}`);
  if (options.html !== undefined) {
    write(options.html, await populationPage(path, { report, loaded }, join(__dirname, 'webview')));
  }
  if (options.denyList !== undefined) write(options.denyList, denyList(report));
  if (options.html === undefined || options.json === true)
    await print(
      options.json === true ? `${JSON.stringify(report, null, 1)}\n` : populationText(report, options.sql === true),
    );
  process.exitCode =
    report.counts.crashes === 0 ? EXIT.nothingRead : loaded.problems.length > 0 ? EXIT.someUnreadable : EXIT.done;
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new Error(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** The registers and stacks of some crashes. */
async function look(
  path: string,
  selection: string,
  { against, json, positions, node, episodeGapSeconds }: PopulationCommandOptions & AnalyseOptions,
): Promise<void> {
  const { report, loaded } = await lookCloser(path, {
    selection,
    ...(against === undefined ? {} : { against }),
    ...(node === undefined ? {} : { node }),
    ...(episodeGapSeconds === undefined ? {} : { episodeGapSeconds }),
  });
  for (const problem of loaded.problems) warn(problem);
  if (loaded.table.rows === 0) {
    if (loaded.problems.length === 0) warn(`${path}: no rows found; expected .parquet, .ndjson, .json, .csv or .tsv`);
    process.exitCode = EXIT.nothingRead;
    return;
  }
  await print(
    json === true
      ? `${JSON.stringify({ schema: 1, microscope: report }, null, 1)}\n`
      : microscopeText(report, positions === true),
  );
  process.exitCode = loaded.problems.length > 0 ? EXIT.someUnreadable : EXIT.done;
}

function parseGap(value: string): number {
  const seconds = Number(value);
  if (!Number.isFinite(seconds) || seconds < 0)
    throw new InvalidArgumentError('expected a number of seconds, 0 for none');
  return seconds;
}
