import { DuckDBInstance } from '@duckdb/node-api';

export type SqlRow = Readonly<Record<string, unknown>>;

/** Asks DuckDB, in which `rows` are all parts of the data set, if one is given. Whole numbers come as numbers. */
export async function sql(dataset: string | undefined, query: string): Promise<SqlRow[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    if (dataset !== undefined) {
      const parts = `${dataset}/**/*.parquet`.replaceAll("'", "''");
      await connection.run(`create view rows as select * from read_parquet('${parts}', union_by_name = true)`);
    }
    const result = await connection.runAndReadAll(query);
    return result
      .getRowObjectsJS()
      .map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Date ? value.toISOString() : value;
}
