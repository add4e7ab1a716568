/** A line of a log with what its beginning tells. */
export interface LogLine {
  /** Milliseconds since 1970; `undefined` where the line tells no date. */
  readonly time?: number;
  readonly host?: string;
  /** Without what was in front. */
  readonly text: string;
}

/** What a log leaves out. */
export interface LogContext {
  /** Of logs whose lines name no machine: that of their path, or the one given. */
  readonly host?: string;
  /** The time of the file's last change, from which a year is taken where lines have none; milliseconds since 1970. */
  readonly modified: number;
  /** When the machine started, for `[  123.456]` of dmesg; milliseconds since 1970. */
  readonly boot?: number;
}

/**
 * Takes the beginning of a line apart: `journalctl -o json` and `-o short-iso`, syslog of both kinds, dmesg with and without times.
 */
export function logLine(line: string, context: LogContext): LogLine {
  if (line.startsWith('{')) {
    const entry = journalEntry(line);
    if (entry !== undefined) return entry;
  }
  const iso = ISO.exec(line);
  if (iso !== null) {
    const time = Date.parse(zoned((iso[1] ?? '').replace(' ', 'T').replace(',', '.')));
    const rest = named(iso[2] ?? '');
    return { ...(Number.isNaN(time) ? {} : { time }), ...hostOf(rest.host, context), text: rest.text };
  }
  const bsd = BSD.exec(line);
  if (bsd !== null) {
    const time = yearless(bsd[1] ?? '', context.modified);
    return { ...(time === undefined ? {} : { time }), ...hostOf(bsd[2], context), text: kernelText(bsd[3] ?? '') };
  }
  const dmesg = DMESG.exec(line);
  if (dmesg !== null) {
    const date = Date.parse(`${dmesg[1] ?? ''} UTC`);
    const seconds = Number(dmesg[1]);
    const time = Number.isNaN(seconds)
      ? Number.isNaN(date)
        ? undefined
        : date
      : context.boot === undefined
        ? undefined
        : context.boot + seconds * 1000;
    return { ...(time === undefined ? {} : { time }), ...hostOf(undefined, context), text: dmesg[2] ?? '' };
  }
  return { ...hostOf(undefined, context), text: line };
}

const ISO = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)\s+(.*)$/;
/** RFC 3164: `Nov 21 02:15:56 host rest`. */
const BSD = /^([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (\S+) (.*)$/;
const DMESG = /^(?:<\d+>)?\[\s*(\d+\.\d+|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})\]\s?(.*)$/;

/** `host kernel: [12.3] text` and `host program[12]: text`. */
function named(rest: string): { host?: string; text: string } {
  const match = /^([\w.-]+) ([\w./@()-]+(?:\[\d+\])?: .*)$/.exec(rest);
  return match === null ? { text: kernelText(rest) } : { host: match[1] ?? '', text: kernelText(match[2] ?? '') };
}

function kernelText(text: string): string {
  return text.replace(/^kernel: (?:\[\s*\d+\.\d+\] ?)?/, '');
}

function zoned(time: string): string {
  return /(Z|[+-]\d\d:?\d\d)$/.test(time) ? time : `${time}Z`;
}

/** The last such day before the log was last written. */
function yearless(text: string, modified: number): number | undefined {
  const year = new Date(modified).getUTCFullYear();
  for (const candidate of [year, year - 1]) {
    const time = Date.parse(`${text} ${candidate} UTC`);
    if (Number.isNaN(time)) return undefined;
    if (time <= modified + DAY) return time;
  }
  return undefined;
}

const DAY = 86_400_000;

function journalEntry(line: string): LogLine | undefined {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return undefined;
  }
  const {
    MESSAGE: text,
    __REALTIME_TIMESTAMP: microseconds,
    _HOSTNAME: host,
  } = entry as Readonly<Record<string, unknown>>;
  if (typeof text !== 'string') return undefined;
  const time = typeof microseconds === 'string' ? Math.floor(Number(microseconds) / 1000) : Number.NaN;
  return { ...(Number.isNaN(time) ? {} : { time }), ...(typeof host === 'string' ? { host } : {}), text };
}

function hostOf(host: string | undefined, context: LogContext): { host?: string } {
  const known = host ?? context.host;
  return known === undefined ? {} : { host: known };
}
