/** How many digits behind the point the numbers of a column were written with, where their value does not tell: 4.10 as against 4.1. */
export class WrittenDecimals {
  /** By row; 0 where the value tells. */
  #decimals = new Uint8Array();

  set(row: number, decimals: number): void {
    if (row >= this.#decimals.length) {
      const grown = new Uint8Array(Math.max(1024, row + 1, this.#decimals.length * 2));
      grown.set(this.#decimals);
      this.#decimals = grown;
    }
    this.#decimals[row] = decimals;
  }

  textOf(row: number, value: number): string {
    const decimals = this.#decimals[row] ?? 0;
    return decimals === 0 ? String(value) : value.toFixed(decimals);
  }

  /**
   * Whether the numbers are versions: one was written in two ways, as 4.1 and 4.10 are, or the digits behind the point are now one, now
   * more, and zeros at their end are written. Measurements are cut to so many digits, or lose their zeros.
   */
  areVersions(values: Float64Array): boolean {
    const written = new Map<number, string>();
    const lengths = new Set<number>();
    let zeros = false;
    for (let row = 0; row < values.length; row++) {
      const value = values[row] ?? NaN;
      if (Number.isNaN(value)) continue;
      const text = this.textOf(row, value);
      const other = written.get(value);
      if (other !== undefined && other !== text) return true;
      if (other !== undefined) continue;
      if (written.size >= MOST_VERSIONS) return false;
      written.set(value, text);
      const digits = DECIMAL.exec(text)?.[1];
      if (digits === undefined) continue;
      lengths.add(digits.length);
      zeros ||= digits.length > 1 && digits.endsWith('0');
    }
    return zeros && lengths.size > 1;
  }
}

const DECIMAL = /^\d+\.(\d+)$/;

/** A column with more values than this holds measurements. */
const MOST_VERSIONS = 1000;
