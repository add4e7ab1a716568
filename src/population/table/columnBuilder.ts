import type { Column } from '../../shared/columnTable.js';
import type { DimensionValue } from '../../shared/findings.js';
import { WrittenDecimals } from './writtenDecimals.js';

const FIRST_ROOM = 1024;

/** One column as it comes in: numbers stay numbers until something else appears, or until they turn out to be versions. */
export class ColumnBuilder {
  private numbers: Float64Array | undefined;
  private written: WrittenDecimals | undefined;
  private codes: Int32Array | undefined;
  private readonly values: DimensionValue[] = [];
  /** By text: 1 and "1" are the same value. */
  private readonly codeOf = new Map<string, number>();

  /** @param decimals digits behind the point with which a number was written, where zeros stand at its end */
  set(row: number, value: DimensionValue, decimals?: number): void {
    if (this.codes !== undefined)
      this.setCode(row, typeof value === 'number' && decimals !== undefined ? value.toFixed(decimals) : value);
    else if (typeof value === 'number') this.setNumber(row, value, decimals);
    else {
      this.becomeCategory();
      this.setCode(row, value);
    }
  }

  private setNumber(row: number, value: number, decimals: number | undefined): void {
    this.numbers = roomFor(this.numbers ?? new Float64Array(FIRST_ROOM).fill(NaN), row, NaN);
    this.numbers[row] = value;
    if (decimals !== undefined) (this.written ??= new WrittenDecimals()).set(row, decimals);
  }

  private setCode(row: number, value: DimensionValue): void {
    this.codes = roomFor(this.codes ?? new Int32Array(FIRST_ROOM).fill(-1), row, -1);
    this.codes[row] = this.code(value);
  }

  finish(name: string, rows: number): Column {
    if (this.numbers !== undefined && this.written?.areVersions(this.numbers) === true) this.becomeCategory();
    if (this.codes !== undefined)
      return { type: 'category', name, values: this.values, codes: exactly(this.codes, rows, -1) };
    return { type: 'number', name, values: exactly(this.numbers ?? new Float64Array(), rows, NaN) };
  }

  private becomeCategory(): void {
    const numbers = this.numbers ?? new Float64Array();
    const codes = new Int32Array(Math.max(FIRST_ROOM, numbers.length)).fill(-1);
    for (let row = 0; row < numbers.length; row++) {
      const number = numbers[row] ?? NaN;
      if (!Number.isNaN(number)) codes[row] = this.code(this.written?.textOf(row, number) ?? number);
    }
    this.codes = codes;
    this.numbers = undefined;
  }

  private code(value: DimensionValue): number {
    const key = String(value);
    let code = this.codeOf.get(key);
    if (code === undefined) {
      code = this.values.length;
      this.values.push(value);
      this.codeOf.set(key, code);
    }
    return code;
  }
}

function roomFor<T extends Float64Array | Int32Array>(array: T, row: number, missing: number): T {
  return row < array.length ? array : exactly(array, Math.max(row + 1, array.length * 2), missing);
}

function exactly<T extends Float64Array | Int32Array>(array: T, length: number, missing: number): T {
  if (array.length === length) return array;
  if (array.length > length) return array.slice(0, length) as T;
  const grown = (array instanceof Float64Array ? new Float64Array(length) : new Int32Array(length)) as T;
  grown.set(array);
  grown.fill(missing, array.length);
  return grown;
}
