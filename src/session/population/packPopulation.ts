import type { TableSource } from '../../shared/populationPage.js';
import type { Analysis } from './analyse.js';
import type { LoadedTable } from './loadTable.js';
import { packTable } from './packTable.js';
import { pageTable } from './pageTable.js';
import { querySourceOf } from './querySource.js';

/** What the page of an analysed data set reads. `path` is what was analysed, as the user named it. */
export function packPopulation(path: string, { loaded, report }: Analysis): Uint8Array<ArrayBuffer> {
  return packTable(pageTable(loaded.table, report), { dataset: path, report, source: tableSource(path, loaded) });
}

function tableSource(path: string, { read, table }: LoadedTable): TableSource {
  const { from, column, time } = querySourceOf(path, read, table);
  const nested = table.columns.filter((one) => one.path !== undefined).map(({ name }) => [name, column(name)] as const);
  return { from, time, nested: Object.fromEntries(nested) };
}
