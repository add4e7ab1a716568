/** Takes a table as it is read, row by row or column by column. */
export interface TableSink {
  /** Rows so far: where the next cells go. */
  readonly rows: number;
  /** @param written digits behind the point of numbers that a text writes with zeros at their end: as a version, 4.10 is not 4.1 */
  row(cells: Readonly<Record<string, unknown>>, written?: ReadonlyMap<string, number>): void;
  cell(row: number, name: string, value: unknown): void;
  /** Which columns are worth reading where columns can be read by themselves; without it, all. */
  wants?(column: string): boolean;
  /** Told between groups of rows: of all rows so far every cell has come. */
  complete?(): void;
}

/** What was wrong inside a file that could be read otherwise: lines left out, with the first of them. */
export interface TableProblems {
  readonly badLines: number;
  /** One sentence with the line's number. */
  readonly first?: string;
}

/** The file is not the table its name promises. The message is the rest of a sentence about the file. */
export class TableError extends Error {}
