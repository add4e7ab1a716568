import { hourOfWeek, WEEKDAYS } from '../../../src/shared/hourOfWeek.js';
import type { FindingClock } from '../../../src/shared/findings.js';
import type { Facet } from './facet.js';

/** What the times of crashes say besides their dates. Columns of a table have no such names: theirs are joined with single dots. */
export type ClockName = 'time..hour' | 'time..weekday';

/** Texts are as DuckDB's `hour` and `dayname` give them, so that a condition on them is one of SQL too. */
const TEXTS: Readonly<Record<ClockName, readonly string[]>> = {
  'time..hour': Array.from({ length: 24 }, (_, hour) => String(hour)),
  'time..weekday': WEEKDAYS,
};

export function isClockName(name: string): name is ClockName {
  return name in TEXTS;
}

/** The hours of the day, or the days of the week, in UTC. */
export function clockFacet(name: ClockName, time: Float64Array): Facet {
  const texts = TEXTS[name];
  const isHour = name === 'time..hour';
  const codes = new Uint8Array(time.length);
  for (let row = 0; row < codes.length; row++) {
    const at = time[row] ?? NaN;
    if (Number.isNaN(at)) continue;
    const hour = hourOfWeek(at);
    codes[row] = 1 + (isHour ? hour % 24 : Math.floor(hour / 24));
  }
  return {
    name,
    codes,
    size: texts.length + 1,
    text: (code) => texts[code - 1] ?? '',
    codeOf: (text) => {
      const index = texts.indexOf(text);
      return index < 0 ? undefined : index + 1;
    },
  };
}

/** The values that a rhythm covers: whole hours, or whole days. */
export function clockValues({ period, from, to }: FindingClock): {
  readonly name: ClockName;
  readonly texts: readonly string[];
} {
  const name = period === 'day' ? 'time..hour' : 'time..weekday';
  const texts = TEXTS[name];
  const step = period === 'day' ? 1 : 24;
  const first = Math.floor(from / step);
  const count = (Math.floor(to / step) - first + texts.length) % texts.length || texts.length;
  return { name, texts: Array.from({ length: count }, (_, i) => texts[(first + i) % texts.length] ?? '') };
}

/** Chosen hours or days in words: `hour 22:00 to 04:00 UTC`, `day Saturday to Sunday, UTC`. */
export function clockInWords(name: ClockName, chosen: readonly string[]): string {
  const texts = TEXTS[name];
  const isChosen = (index: number) => chosen.includes(texts[(index + texts.length) % texts.length] ?? '');
  const starts = [...texts.keys()].filter((index) => isChosen(index) && !isChosen(index - 1));
  const said = starts.map((start) => {
    let end = start;
    while (isChosen(end + 1) && end - start < texts.length) end++;
    if (name === 'time..hour') return `${clock(start)} to ${clock((end + 1) % 24)}`;
    const [first = '', last = ''] = [texts[start], texts[end % texts.length]];
    return first === last ? first : `${first} to ${last}`;
  });
  return `${said.join(' and ') || 'always'} UTC`;
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}
