/** Numbers and times in words, the same on every machine: in English and UTC, as the findings are. */

export function counted(count: number, noun = 'crash', plural = `${noun}es`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;
}

export function number(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 6 });
}

/** A share in percent, never rounded to all or nothing where it is neither. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return '-';
  const share = (part / whole) * 100;
  if (share > 0 && share < 0.1) return '< 0.1 %';
  if (share < 100 && share > 99.9) return '> 99.9 %';
  return `${share.toFixed(share < 10 && share > 0 ? 1 : 0)} %`;
}

const DAY = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' });

export function day(time: number): string {
  return Number.isNaN(time) ? '' : DAY.format(time);
}

/** With the clock, as far as it is not midnight. */
export function moment(time: number): string {
  if (!Number.isFinite(time)) return '';
  const clock = new Date(time).toISOString().slice(11, 19).replace(/:00$/, '');
  return clock === '00:00' ? day(time) : `${day(time)} ${clock}`;
}

/** A time of a row, which sorts as it reads. */
export function stamp(time: number): string {
  return Number.isFinite(time) ? new Date(time).toISOString().slice(0, 19).replace('T', ' ') : '';
}

/** A quantity to two digits, or to its whole number where it has more. */
export function amount(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return Number(value.toPrecision(2)).toLocaleString('en', { maximumFractionDigits: 20 });
}
