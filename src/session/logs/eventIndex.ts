import { ownText } from './ownText.js';

/** Something that happened on a host. */
export interface HostEvent {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly text: string;
}

const MOST_EVENTS = 200_000;
const MOST_TEXT = 300;

/** Events by host and time. Of a flood the first are kept, and `dropped` counts the rest. */
export class EventIndex {
  readonly #hosts = new Map<string, HostEvent[]>();
  #sorted = true;
  count = 0;
  dropped = 0;

  add(host: string | undefined, time: number | undefined, text: string): void {
    if (time === undefined) return;
    if (this.count >= MOST_EVENTS) {
      this.dropped++;
      return;
    }
    this.count++;
    const key = host ?? '';
    const events = this.#hosts.get(key);
    const event = { time, text: ownText(text.slice(0, MOST_TEXT)) };
    if (events === undefined) this.#hosts.set(ownText(key), [event]);
    else events.push(event);
    this.#sorted = false;
  }

  /** Events of a host from `from` to `to`, both included, in order. Lines without a host count for every host. */
  between(host: string | undefined, from: number, to: number): readonly HostEvent[] {
    if (!this.#sorted) {
      for (const events of this.#hosts.values()) events.sort((a, b) => a.time - b.time);
      this.#sorted = true;
    }
    const own = host === undefined ? [] : (this.#hosts.get(host) ?? []);
    return [...range(own, from, to), ...range(this.#hosts.get('') ?? [], from, to)];
  }
}

function range(events: readonly HostEvent[], from: number, to: number): readonly HostEvent[] {
  const start = firstAt(events, from);
  let end = start;
  while (end < events.length && (events[end]?.time ?? Number.POSITIVE_INFINITY) <= to) end++;
  return events.slice(start, end);
}

function firstAt(events: readonly HostEvent[], time: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.time ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
