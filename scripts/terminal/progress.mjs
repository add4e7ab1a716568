// What a waiting person sees. Anything that may take more than a moment runs inside `step`, which says what is being done and,
// while it lasts, that it is still alive: on a terminal one line that counts seconds, elsewhere a line every ten seconds.

const onTerminal = process.stdout.isTTY && !process.env['CI'];

// Where lines are kept, as in a log, news within this time of the last is left out.
const CALM = 2000;

/** @param {number} milliseconds */
export function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${String(Math.round(seconds))} s`;
  const whole = Math.round(seconds);
  return `${String(Math.floor(whole / 60))} min ${String(whole % 60)} s`;
}

/** @param {string} text */
export function say(text) {
  process.stdout.write(`${text}\n`);
}

/** @param {string} text */
export function heading(text) {
  say(`\n== ${text}`);
}

/**
 * Runs `work` under a title. `note` may be called with what is going on right now.
 *
 * @template T
 * @param {string} title
 * @param {(note: (text: string) => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const start = Date.now();
  let current = '';
  let lastLine = 0;
  const line = () => {
    const detail = current === '' ? '' : `: ${current}`;
    return `${title}${detail} (${duration(Date.now() - start)})`;
  };
  const show = () => {
    const columns = process.stdout.columns || 80;
    process.stdout.write(`\r\u001b[2K${line().slice(0, columns - 1)}`);
  };
  const note = (/** @type {string} */ text) => {
    if (text === current) return;
    current = text;
    if (onTerminal) {
      show();
    } else if (Date.now() - lastLine > CALM) {
      lastLine = Date.now();
      say(line());
    }
  };
  if (!onTerminal) say(`${title} ...`);
  const timer = onTerminal ? setInterval(show, 1000) : setInterval(() => say(`${line()} ...`), 10_000);
  try {
    const result = await work(note);
    if (onTerminal) process.stdout.write('\r\u001b[2K');
    say(`${title}: done in ${duration(Date.now() - start)}`);
    return result;
  } catch (error) {
    if (onTerminal) process.stdout.write('\r\u001b[2K');
    say(`${title}: failed after ${duration(Date.now() - start)}`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}
