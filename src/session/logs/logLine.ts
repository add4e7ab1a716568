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
 * Takes the beginning of a line apart: `journalctl` in its forms `json`, `short`, `short-iso`, `short-full` and `short-unix`, syslog of
 * both kinds, dmesg with and without times, logread, what container runtimes write.
 */
export function logLine(line: string, context: LogContext): LogLine {
  if (line.startsWith('{')) return entryOf(line, context) ?? { ...hostOf(undefined, context), text: line };
  for (const form of FORMS) {
    const match = form.pattern.exec(line);
    if (match === null) continue;
    const time = form.time(match.groups?.['time'] ?? '', context);
    const { host, text } = named(match.groups?.['rest'] ?? '', form.hasHost);
    return {
      ...(time === undefined || Number.isNaN(time) ? {} : { time }),
      ...hostOf(match.groups?.['host'] ?? host, context),
      text,
    };
  }
  return { ...hostOf(undefined, context), text: line };
}

interface Form {
  readonly pattern: RegExp;
  readonly time: (text: string, context: LogContext) => number | undefined;
  /** Whether a machine's name comes behind the time, unless it was left out. */
  readonly hasHost: boolean;
}

const CLOCK = String.raw`\d\d:\d\d:\d\d`;
const WEEKDAY = '[A-Z][a-z]{2}';
const MONTH_DAY = String.raw`[A-Z][a-z]{2} [ \d]\d`;
const ISO = String.raw`\d{4}-\d\d-\d\d[T ]${CLOCK}(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?`;

const FORMS: readonly Form[] = [
  // RFC 5424: <6>1 2026-11-21T02:15:56Z host kernel - - - text
  {
    pattern: new RegExp(String.raw`^<\d+>\d+ (?<time>${ISO}) (?<host>\S+) \S+ \S+ \S+ (?:-|\[.*?\])\s+(?<rest>.*)$`),
    time: isoTime,
    hasHost: false,
  },
  // 2026-11-21T02:15:56.123+01:00 and Sat 2026-11-21 02:15:56 UTC
  { pattern: new RegExp(String.raw`^(?:${WEEKDAY} )?(?<time>${ISO})\s+(?<rest>.*)$`), time: isoTime, hasHost: true },
  // RFC 3164: Nov 21 02:15:56 host text
  {
    pattern: new RegExp(
      String.raw`^(?:<\d+>)?(?<time>${MONTH_DAY} ${CLOCK})(?:\.\d+)? (?:(?<host>\S*[^\s:]) )?(?<rest>.*)$`,
    ),
    time: (text, { modified }) => yearless(text, modified),
    hasHost: false,
  },
  // logread: Sat Nov 21 02:15:56 2026 kern.info kernel: text
  {
    pattern: new RegExp(String.raw`^${WEEKDAY} (?<time>${MONTH_DAY} ${CLOCK} \d{4}) \w+\.\w+ (?<rest>.*)$`),
    time: (text) => Date.parse(`${text} UTC`),
    hasHost: false,
  },
  // dmesg -T: [Sat Nov 21 02:15:56 2026] text
  {
    pattern: new RegExp(String.raw`^(?:<\d+>)?\[${WEEKDAY} (?<time>${MONTH_DAY} ${CLOCK} \d{4})\]\s?(?<rest>.*)$`),
    time: (text) => Date.parse(`${text} UTC`),
    hasHost: false,
  },
  // dmesg: [  123.456] text
  {
    pattern: /^(?:<\d+>)?\[\s*(?<time>\d+\.\d+)\]\s?(?<rest>.*)$/,
    time: (text, { boot }) => (boot === undefined ? undefined : boot + Number(text) * 1000),
    hasHost: true,
  },
  // journalctl -o short-unix: 1795227356.123456 host text
  { pattern: /^(?<time>\d{9,10}\.\d+) (?<rest>.*)$/, time: (text) => Math.floor(Number(text) * 1000), hasHost: true },
];

/** `host kernel: [12.3] text`, `host program[12]: text`; a container's `stderr F text`. */
function named(rest: string, hasHost: boolean): { host?: string; text: string } {
  const stream = /^(?:stdout|stderr) [FP] (.*)$/.exec(rest);
  if (stream !== null) return { text: stream[1] ?? '' };
  const match = hasHost ? /^([\w.-]+) ([\w./@()-]+(?:\[\d+\])?: .*)$/.exec(rest) : null;
  return match === null ? { text: kernelText(rest) } : { host: match[1] ?? '', text: kernelText(match[2] ?? '') };
}

function kernelText(text: string): string {
  return text.replace(/^kernel: (?:\[\s*\d+\.\d+\] ?)?/, '');
}

/** UTC where no zone is named. */
function isoTime(text: string): number {
  const time = text
    .replace(' ', 'T')
    .replace(',', '.')
    .replace(/ ?(?:UTC|GMT)$/, 'Z')
    .replace(' ', '');
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(time) ? time : `${time}Z`);
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

/** An entry of the journal, or a line that docker's json-file driver wrote. */
function entryOf(line: string, context: LogContext): LogLine | undefined {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return undefined;
  }
  const fields = entry as Readonly<Record<string, unknown>>;
  if (typeof fields['log'] === 'string') {
    const time = typeof fields['time'] === 'string' ? Date.parse(fields['time']) : Number.NaN;
    return {
      ...(Number.isNaN(time) ? {} : { time }),
      ...hostOf(undefined, context),
      text: fields['log'].replace(/\r?\n$/, ''),
    };
  }
  const text = messageOf(fields['MESSAGE']);
  if (text === undefined) return undefined;
  const { __REALTIME_TIMESTAMP: microseconds, _HOSTNAME: host } = fields;
  const time = typeof microseconds === 'string' ? Math.floor(Number(microseconds) / 1000) : Number.NaN;
  return {
    ...(Number.isNaN(time) ? {} : { time }),
    ...hostOf(typeof host === 'string' ? host : undefined, context),
    text,
  };
}

/** The journal writes bytes that are no UTF-8, or too many, as numbers. */
function messageOf(message: unknown): string | undefined {
  if (typeof message === 'string') return message;
  return Array.isArray(message) && message.every((byte) => typeof byte === 'number')
    ? Buffer.from(message).toString('latin1')
    : undefined;
}

function hostOf(host: string | undefined, context: LogContext): { host?: string } {
  const known = host ?? context.host;
  return known === undefined ? {} : { host: known };
}
