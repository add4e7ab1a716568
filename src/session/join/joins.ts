import type { ParquetColumn } from '../../io/parquet/parquetWriter.js';
import { type ColumnValue, DATASET_COLUMNS, type DatasetRow } from '../../shared/dataset.js';
import { type JoinSpec, JoinError, someOf } from './joinSpec.js';
import { JoinTable } from './joinTable.js';

/** Keys that are named of those that matched nothing. */
const KEYS_TOLD = 5;
/** Keys that are counted, of hostile tables too. */
const KEYS_COUNTED = 10_000;

/** Tables that are joined one after the other: each may use what those before it brought. */
export class Joins {
  readonly #unmatched: Map<string, number>[];
  #rows = 0;

  private constructor(private readonly tables: readonly JoinTable[]) {
    this.#unmatched = tables.map(() => new Map<string, number>());
  }

  /**
   * @param known columns of the crashes besides the fixed ones
   * @param open whether more columns may turn up with the crashes
   * @throws JoinError
   */
  static async load(specs: readonly JoinSpec[], known: readonly string[], open: boolean): Promise<Joins> {
    const taken = new Set<string>([...DATASET_COLUMNS.map(({ name }) => name), ...known]);
    const tables: JoinTable[] = [];
    for (const spec of specs) {
      const missing = spec.on.find(({ left }) => !taken.has(left));
      if (missing !== undefined && !open)
        throw new JoinError(
          `${spec.file}: the key is ${missing.left}=${missing.right}, but crashes have no column ${missing.left}; they have ${someOf([...taken].sort(), 60)}`,
        );
      const table = await JoinTable.load(spec);
      const clash = table.columns.find(({ name }) => taken.has(name));
      if (clash !== undefined)
        throw new JoinError(
          `${spec.file}: its column ${clash.name} is there already; choose columns with take, or give a prefix`,
        );
      for (const { name } of table.columns) taken.add(name);
      tables.push(table);
    }
    return new Joins(tables);
  }

  get columns(): readonly ParquetColumn[] {
    return this.tables.flatMap(({ columns }) => columns);
  }

  /**
   * Adds what the tables know of a crash to its row.
   *
   * @returns the files of those that know nothing
   */
  addTo(row: Record<string, ColumnValue>): readonly string[] {
    this.#rows++;
    const { time } = row;
    const at = time instanceof Date ? time.getTime() : undefined;
    const unmatched: string[] = [];
    this.tables.forEach((table, i) => {
      const found = table.find(row, at);
      if (found === undefined) {
        unmatched.push(table.spec.file);
        this.#count(i, row);
      } else table.addTo(row, found);
    });
    return unmatched;
  }

  /** One sentence for each table that did not know all crashes, or knew one twice. */
  remarks(): string[] {
    return this.tables.flatMap((table, i) => {
      const counted = [...(this.#unmatched[i] ?? [])].sort((a, b) => b[1] - a[1]);
      const missed = counted.reduce((sum, [, count]) => sum + count, 0);
      const keys = counted.slice(0, KEYS_TOLD).map(([key, count]) => (count === 1 ? key : `${key} (${count} times)`));
      const more = counted.length > KEYS_TOLD ? `, and ${counted.length - KEYS_TOLD} more` : '';
      return [
        ...(missed === 0
          ? []
          : [
              `${table.spec.file}: ${missed === this.#rows ? 'none' : `${this.#rows - missed}`} of ${this.#rows} crashes matched; not ${keys.join(', ')}${more}`,
            ]),
        ...(table.ambiguous === 0
          ? []
          : [
              `${table.spec.file}: ${table.ambiguous} keys are there more than once; the first row of each is taken. An interval would tell them apart`,
            ]),
      ];
    });
  }

  #count(table: number, row: DatasetRow): void {
    const spec = this.tables[table]?.spec;
    const counts = this.#unmatched[table];
    if (spec === undefined || counts === undefined) return;
    const told = spec.on.map(({ left }) => `${left}=${textOf(row[left])}`).join(' ');
    const key = counts.size < KEYS_COUNTED || counts.has(told) ? told : 'others';
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
}

function textOf(value: ColumnValue): string {
  if (value === undefined) return '(unknown)';
  return value instanceof Date ? value.toISOString() : String(value);
}
