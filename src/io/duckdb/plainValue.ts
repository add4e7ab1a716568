/** A cell of a result that survives JSON. */
export type PlainValue = null | boolean | number | string;

/** A value as DuckDB's package gives it for JavaScript: whole numbers as numbers while they are exact, times in ISO 8601, bytes in hexadecimal. */
export function plainValue(value: unknown): PlainValue {
  switch (typeof value) {
    case 'boolean':
    case 'string':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
    case 'object':
      if (value === null) return null;
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
      if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
      return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? plainValue(inner) : inner));
    default:
      return null;
  }
}
