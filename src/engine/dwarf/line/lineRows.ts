import { FormatError } from '../../base/byteCursor.js';

/** More rows than the line table of any unit has; what is behind is left out. */
const MOST_ROWS = 1 << 22;

/** Rows of a line table in typed arrays, fourteen bytes each, in the order the program made them. */
export class LineRows {
  #distances = new Uint32Array(256);
  #files = new Uint32Array(256);
  #lines = new Uint32Array(256);
  #columns = new Uint16Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#distances.length * 14;
  }

  /** @param distance from the address at which the sequence begins. @throws FormatError when there are too many */
  push(distance: number, file: number, line: number, column: number): void {
    const at = this.#length;
    if (at === this.#distances.length) this.#grow();
    this.#distances[at] = distance;
    this.#files[at] = file;
    this.#lines[at] = line;
    this.#columns[at] = Math.min(column, 0xffff);
    this.#length = at + 1;
  }

  /** Forgets the rows from `length` on. */
  truncate(length: number): void {
    this.#length = Math.min(this.#length, length);
  }

  distance(row: number): number {
    return this.#distances[row] ?? 0;
  }

  file(row: number): number {
    return this.#files[row] ?? 0;
  }

  line(row: number): number {
    return this.#lines[row] ?? 0;
  }

  column(row: number): number {
    return this.#columns[row] ?? 0;
  }

  /** The last of rows `first` to `end` - 1 that begins at or before `distance`; -1 when there is none. */
  find(first: number, end: number, distance: number): number {
    let low = first;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.distance(middle) <= distance) low = middle + 1;
      else high = middle;
    }
    return low - 1 >= first ? low - 1 : -1;
  }

  /** Puts rows `first` to `end` - 1 in the order of their addresses; equal ones stay in theirs. */
  sort(first: number, end: number): void {
    const order = Array.from({ length: end - first }, (_, i) => first + i);
    order.sort((a, b) => this.distance(a) - this.distance(b) || a - b);
    for (const column of [this.#distances, this.#files, this.#lines, this.#columns]) {
      column.set(
        order.map((row) => column[row] ?? 0),
        first,
      );
    }
  }

  #grow(): void {
    if (this.#length >= MOST_ROWS) throw new FormatError('too-many-rows', 'line table with too many rows');
    this.#distances = doubled(this.#distances, new Uint32Array(this.#length * 2));
    this.#files = doubled(this.#files, new Uint32Array(this.#length * 2));
    this.#lines = doubled(this.#lines, new Uint32Array(this.#length * 2));
    this.#columns = doubled(this.#columns, new Uint16Array(this.#length * 2));
  }
}

function doubled<T extends Uint32Array | Uint16Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
