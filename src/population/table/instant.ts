const ISO =
  /^\s*(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?\s*$/i;

/** Years 1990 to 2100: what lies outside is no time of a crash. */
const EARLIEST = Date.UTC(1990, 0);
const LATEST = Date.UTC(2100, 0);

/**
 * A point in time as epoch milliseconds: ISO 8601 (UTC where no zone is given), or a number of seconds, milliseconds, microseconds or
 * nanoseconds since 1970, told apart by size. `undefined` where it is none of these.
 */
export function epochMilliseconds(value: unknown): number | undefined {
  if (value instanceof Date) return inRange(value.getTime());
  if (typeof value === 'bigint') return fromNumber(Number(value));
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string') return undefined;
  const iso = ISO.exec(value);
  if (iso !== null) {
    const [, day = '', clock = '00:00', zone = 'Z'] = iso;
    return inRange(Date.parse(`${day}T${clock.replace(',', '.').slice(0, 23)}${isoZone(zone)}`));
  }
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return fromNumber(Number(value));
  return inRange(Date.parse(value));
}

function isoZone(zone: string): string {
  if (/^(z|utc|gmt)$/i.test(zone)) return 'Z';
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone.slice(0, 1)}${digits.slice(0, 2)}:${digits.slice(2)}`;
}

function fromNumber(value: number): number | undefined {
  const size = Math.abs(value);
  if (size < 1e11) return inRange(value * 1e3);
  if (size < 1e14) return inRange(value);
  return inRange(size < 1e17 ? value / 1e3 : value / 1e6);
}

function inRange(time: number): number | undefined {
  return time >= EARLIEST && time < LATEST ? time : undefined;
}
