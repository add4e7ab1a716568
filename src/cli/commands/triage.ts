import { Command } from 'commander';
import type { Listed } from '../../session/coreSource.js';
import { coreSourceOf } from '../../session/coreSources.js';
import { lookAhead } from '../../session/lookAhead.js';
import { Triage } from '../../session/triage.js';
import { triageAll } from '../../session/triageAll.js';
import { TriageCounts } from '../../session/triageCounts.js';
import type { CoreRow } from '../../shared/report.js';
import { type BinaryOptions, openOptions, withBinaryOptions } from '../binaryOptions.js';
import { EXIT } from '../exitCodes.js';
import { print, warn } from '../output.js';
import { tableHeader, tableRow, tableSummary } from '../triageTable.js';

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
  const triage = new Triage(openOptions(options));
  const { first, all } = await lookAhead(coreSourceOf(inputs).list());
  const out = options.json === true ? jsonArray() : options.ndjson === true ? ndjson : table(sourcesOf(first));
  const seen = { rows: 0, unreadable: 0, unlisted: 0, passedOver: 0 };
  const counts = new TriageCounts();
  await out.start();
  for await (const item of triageAll(all, triage)) {
    if (item.kind === 'passedOver') seen.passedOver++;
    else if (item.kind === 'unreadable') {
      seen.unlisted++;
      warn(`${item.path}: the folder cannot be read (${item.reason})`);
    } else {
      seen.rows++;
      if (item.row.status === 'unreadable') seen.unreadable++;
      tellProblem(item.row);
      counts.add(item.row);
      await out.row(item.row);
    }
  }
  await out.end(counts);
  triage.dispose();
  if (seen.passedOver > 0)
    warn(
      `${seen.passedOver} ${seen.passedOver === 1 ? 'file was' : 'files were'} passed over: neither named nor made like a core`,
    );
  if (seen.rows === 0) warn(`no cores found in ${inputs.join(', ')}`);
  const failed = seen.unreadable + seen.unlisted;
  process.exitCode = seen.rows === seen.unreadable ? EXIT.nothingRead : failed > 0 ? EXIT.someUnreadable : EXIT.done;
}

function tellProblem({ source, status, problems }: CoreRow): void {
  if (status === 'unreadable') warn(`${source}: ${problems[0]?.message ?? 'cannot be read'}`);
  else if (status === 'partial') warn(`${source}: read in part: ${problems[0]?.message ?? 'the rest is missing'}`);
}

function sourcesOf(listed: readonly Listed[]): string[] {
  return listed.flatMap((item) => (item.kind === 'core' ? [item.entry.source] : []));
}

interface Output {
  start(): Promise<void>;
  row(row: CoreRow): Promise<void>;
  end(counts: TriageCounts): Promise<void>;
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
    end: (counts) => (counts.total > 1 ? print(tableSummary(counts)) : Promise.resolve()),
  };
}
