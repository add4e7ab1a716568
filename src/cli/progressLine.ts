import type { Progress, ProgressMeter } from '../session/progressMeter.js';

/** How progress is shown: a line that is drawn over, lines of JSON, or not at all. */
export type ProgressForm = 'line' | 'json' | 'none';

export const PROGRESS_FORMS: readonly ProgressForm[] = ['line', 'json', 'none'];

/** Milliseconds between two. */
const EVERY: Readonly<Record<ProgressForm, number>> = { line: 200, json: 2000, none: 0 };

/** Shows progress on stderr until the returned function is called. */
export function showProgress(meter: ProgressMeter, form: ProgressForm): () => void {
  if (form === 'none') return () => undefined;
  const draw = (): void => {
    const progress = meter.now();
    process.stderr.write(form === 'json' ? `${JSON.stringify({ progress })}\n` : `\r\x1b[K${lineOf(progress)}`);
  };
  const timer = setInterval(draw, EVERY[form]);
  timer.unref();
  return () => {
    clearInterval(timer);
    if (form === 'json') draw();
    else process.stderr.write('\r\x1b[K');
  };
}

/** Fits one line of the terminal. */
export function lineOf({ done, total, rate, left, counts }: Progress, width = process.stderr.columns): string {
  const number = (value: number): string => value.toLocaleString('en-US');
  const parts = [
    total === undefined ? number(done) : `${number(done)} of ${number(total)}`,
    `${number(Math.round(rate))} a second`,
    ...(left === undefined ? [] : [`${duration(left)} left`]),
    ...Object.entries(counts).map(([outcome, count]) => `${number(count)} ${outcome}`),
  ];
  return parts.join(' · ').slice(0, Math.max(20, width - 1));
}

function duration(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
