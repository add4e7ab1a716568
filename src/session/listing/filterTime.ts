const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * A moment as people write it: ISO 8601, UTC where it names no zone, or how long ago: `90m`, `36h`, `7d`, `2w`.
 *
 * @param now milliseconds since 1970
 * @returns milliseconds since 1970; `undefined` when it is neither
 */
export function filterTime(text: string, now: number): number | undefined {
  const ago = /^(\d+(?:\.\d+)?)([mhdw])$/.exec(text.trim());
  if (ago !== null) return now - Number(ago[1]) * (UNITS[ago[2] ?? ''] ?? 0);
  const iso = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text.trim());
  if (iso === null) return undefined;
  const [, day = '', clock = '00:00', zone = 'Z'] = iso;
  const time = Date.parse(`${day}T${clock}${zone}`);
  return Number.isNaN(time) ? undefined : time;
}
