import { Command } from 'commander';
import { listCores } from '../../session/listCores.js';
import { Triage } from '../../session/triage.js';
import type { CoreRow } from '../../shared/report.js';
import { type BinaryOptions, openOptions, withBinaryOptions } from '../binaryOptions.js';
import { EXIT } from '../exitCodes.js';
import { print, warn } from '../output.js';
import { type SummaryRow, tableHeader, tableRow, tableSummary } from '../triageTable.js';

interface TriageOptions extends BinaryOptions {
  readonly json?: boolean;
  readonly ndjson?: boolean;
}

/** `redzone triage`: one labelled line for each core. */
export function triageCommand(): Command {
  const command = new Command('triage')
    .description('label cores: one line each, or JSON')
    .argument('<path...>', 'cores, or folders that hold some')
    .option('--ndjson', 'one JSON object a line, as each core is done')
    .option('--json', 'one JSON array');
  return withBinaryOptions(command).action((paths: string[], options: TriageOptions) => run(paths, options));
}

async function run(inputs: readonly string[], options: TriageOptions): Promise<void> {
  if (options.json === true && options.ndjson === true) {
    warn('--json and --ndjson exclude each other');
    process.exitCode = EXIT.usage;
    return;
  }
  const listing = listCores(inputs);
  for (const { path, reason } of listing.unreadable) warn(`${path}: the folder cannot be read (${reason})`);
  const triage = new Triage(openOptions(options));
  const rows: SummaryRow[] = [];
  const out = options.json === true ? jsonArray() : options.ndjson === true ? ndjson : table(listing.paths);
  let unreadable = listing.unreadable.length;
  await out.start();
  for (const path of listing.paths) {
    const row = triage.row(path);
    if (row.status === 'unreadable') {
      unreadable++;
      warn(`${path}: ${row.problems[0]?.message ?? 'cannot be read'}`);
    } else if (row.status === 'partial') {
      warn(`${path}: read in part: ${row.problems[0]?.message ?? 'the rest is missing'}`);
    }
    rows.push(summaryOf(row));
    await out.row(row);
  }
  await out.end(rows);
  triage.dispose();
  if (listing.passedOver > 0)
    warn(
      `${listing.passedOver} ${listing.passedOver === 1 ? 'file was' : 'files were'} passed over: neither named nor made like a core`,
    );
  if (listing.paths.length === 0) warn(`no cores found in ${inputs.join(', ')}`);
  const read = listing.paths.length - (unreadable - listing.unreadable.length);
  process.exitCode = read === 0 ? EXIT.nothingRead : unreadable > 0 ? EXIT.someUnreadable : EXIT.done;
}

/** What the summary needs of a row; frames and evidence of thousands of cores need not stay in memory. */
function summaryOf(row: CoreRow): SummaryRow {
  const { status, label, kind } = row;
  return { status, ...(label === undefined ? {} : { label }), ...(kind === undefined ? {} : { kind }) };
}

interface Output {
  start(): Promise<void>;
  row(row: CoreRow): Promise<void>;
  end(rows: readonly SummaryRow[]): Promise<void>;
}

const ndjson: Output = {
  start: () => Promise.resolve(),
  row: (row) => print(`${JSON.stringify(row)}\n`),
  end: () => Promise.resolve(),
};

function jsonArray(): Output {
  let first = true;
  return {
    start: () => print('['),
    row: async (row) => {
      await print(`${first ? '\n' : ',\n'}${JSON.stringify(row)}`);
      first = false;
    },
    end: () => print('\n]\n'),
  };
}

function table(paths: readonly string[]): Output {
  const width = process.stdout.isTTY ? process.stdout.columns : undefined;
  const layout = { paths, width, colour: process.stdout.isTTY && process.env['NO_COLOR'] === undefined };
  return {
    start: () => (paths.length === 0 ? Promise.resolve() : print(tableHeader(layout))),
    row: (row) => print(tableRow(row, layout)),
    end: (rows) => (rows.length > 1 ? print(tableSummary(rows)) : Promise.resolve()),
  };
}
