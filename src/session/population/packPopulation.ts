import type { TableSource } from '../../shared/populationPage.js';
import type { Analysis } from './analyse.js';
import type { LoadedTable } from './loadTable.js';
import { wordsOf } from './lookCloser.js';
import { packTable } from './packTable.js';
import { pageTable } from './pageTable.js';
import { querySourceOf } from './querySource.js';

/** Cores whose registers and stacks go to a page: of more a sample, since each costs some hundred bytes. */
const MOST_WITH_WORDS = 20_000;

/** What the page of an analysed data set reads. `path` is what was analysed, as the user named it. */
export async function packPopulation(path: string, { loaded, report }: Analysis): Promise<Uint8Array<ArrayBuffer>> {
  const { node, episodeGapSeconds } = report.method;
  const asked = { episodeGapSeconds, ...(node === undefined ? {} : { node }) };
  const words = await wordsOf(loaded, MOST_WITH_WORDS, asked);
  return packTable(pageTable(loaded.table, report), {
    dataset: path,
    report,
    source: tableSource(path, loaded),
    ...(words === undefined ? {} : { words }),
  });
}

function tableSource(path: string, { read, table }: LoadedTable): TableSource {
  const { from, column, time } = querySourceOf(path, read, table);
  const nested = table.columns.filter((one) => one.path !== undefined).map(({ name }) => [name, column(name)] as const);
  return { from, time, nested: Object.fromEntries(nested) };
}
