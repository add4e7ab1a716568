import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadTable } from '../../../src/session/population/loadTable.js';
import type { ColumnTable } from '../../../src/shared/columnTable.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'redzone-tables-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function rowsOf(table: ColumnTable): Record<string, unknown>[] {
  return Array.from({ length: table.rows }, (_, row) => {
    const cells: Record<string, unknown> = {};
    for (const column of table.columns) {
      const value = column.type === 'number' ? column.values[row] : column.values[column.codes[row] ?? -1];
      if (value !== undefined && !Number.isNaN(value)) cells[column.name] = value;
    }
    return cells;
  });
}

const MAY = Date.UTC(2026, 4, 2, 3, 4, 5);

describe('loadTable', () => {
  it('keeps versions of a text table apart that are the same number, and leaves measurements numbers', async () => {
    const path = write(
      'versions.csv',
      'release,kernel,load,mixed\n4.1,5.9,0.50,1.50\n4.10,5.10,1.25,2\n4.1,5.11,10.00,3.10-rc1\n4.2,6.1,0.75,4.20\n',
    );
    const { table } = await loadTable(path);
    expect(rowsOf(table)).toEqual([
      { release: '4.1', kernel: '5.9', load: 0.5, mixed: '1.50' },
      { release: '4.10', kernel: '5.10', load: 1.25, mixed: '2' },
      { release: '4.1', kernel: '5.11', load: 10, mixed: '3.10-rc1' },
      { release: '4.2', kernel: '6.1', load: 0.75, mixed: '4.20' },
    ]);
  });

  it('flattens nested JSON, keeps types, reads times of every form', async () => {
    const path = write(
      'a.ndjson',
      [
        { label: 'other', time: '2026-05-02T03:04:05Z', k8s: { node: 'n1', gpu: true }, age: 5.5 },
        { label: 'other', time: MAY / 1000, k8s: { node: 'n2' }, age: null, 'odd "name", here': 'x' },
        { time: MAY, age: 7, tags: ['a', 'b'], frames: [{ function: 'f' }, { function: 'g' }] },
        { time: '2026-05-02 05:04:05+02:00', age: 'unknown' },
        { time: 'yesterday', age: '7' },
      ]
        .map((row) => JSON.stringify(row))
        .join('\n'),
    );
    const { table, problems } = await loadTable(path);
    expect(problems).toEqual([]);
    expect(rowsOf(table)).toEqual([
      { label: 'other', time: MAY, 'k8s.node': 'n1', 'k8s.gpu': true, age: 5.5 },
      { label: 'other', time: MAY, 'k8s.node': 'n2', 'odd "name", here': 'x' },
      { time: MAY, age: 7, tags: 'a,b', 'frames.0.function': 'f', 'frames.1.function': 'g' },
      { time: MAY, age: 'unknown' },
      { age: 7 },
    ]);
  });

  it('leaves out lines that are no rows and says which was the first', async () => {
    const path = write('bad.ndjson', '{"a":1}\n\n[2]\n{"a":\n{"a":3}');
    const { table, problems } = await loadTable(path);
    expect(rowsOf(table)).toEqual([{ a: 1 }, { a: 3 }]);
    expect(problems).toEqual([`${path}: 2 lines were left out: line 3 is not a JSON object`]);
  });

  it('says of a file that is no table what it expected', async () => {
    const path = write('text.ndjson', 'hello\nworld\n');
    const { problems, unreadableFiles } = await loadTable(path);
    expect(unreadableFiles).toBe(1);
    expect(problems[0]).toContain('no line of it is a JSON object');
  });

  it('reads CSV with quotes, line ends in fields and codes with leading zeros', async () => {
    const path = write('c.csv', 'host,"note",zone,load\r\nh1,"a ""b"",\nc",007,1.5\r\nh2,,NA,-2\r\n');
    const { table } = await loadTable(path);
    expect(rowsOf(table)).toEqual([
      { host: 'h1', note: 'a "b",\nc', zone: '007', load: 1.5 },
      { host: 'h2', load: -2 },
    ]);
  });

  it.each(['UNCOMPRESSED', 'SNAPPY'] as const)('reads Parquet, %s, over several row groups', async (codec) => {
    const count = 2500;
    const at = (f: (row: number) => unknown) => Array.from({ length: count }, (_, row) => f(row));
    const path = write(
      `${codec}.parquet`,
      new Uint8Array(
        parquetWriteBuffer({
          codec,
          rowGroupSize: 1000,
          columnData: [
            { name: 'label', data: at((row) => (row % 3 === 0 ? null : `l${row % 3}`)) as string[], type: 'STRING' },
            { name: 'count', data: at((row) => BigInt(row)) as bigint[], type: 'INT64' },
            { name: 'load', data: at((row) => row / 8) as number[], type: 'DOUBLE' },
            { name: 'time', data: at((row) => new Date(MAY + row)) as Date[], type: 'TIMESTAMP' },
            { name: 'flag', data: at((row) => row % 2 === 0) as boolean[], type: 'BOOLEAN' },
          ],
        }),
      ),
    );
    const { table, problems } = await loadTable(path);
    expect(problems).toEqual([]);
    expect(table.rows).toBe(count);
    const rows = rowsOf(table);
    expect(rows[1200]).toEqual({ count: 1200, load: 150, time: MAY + 1200, flag: true });
    expect(rows[2498]).toEqual({ label: 'l2', count: 2498, load: 312.25, time: MAY + 2498, flag: true });
  });

  it('says of a Parquet file that was cut that it is damaged', async () => {
    const whole = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'a', data: [1, 2], type: 'DOUBLE' }] }));
    const { problems, unreadableFiles } = await loadTable(write('cut.parquet', whole.subarray(0, whole.length - 9)));
    expect(unreadableFiles).toBe(1);
    expect(problems[0]).toContain('damaged Parquet');
  });
});
