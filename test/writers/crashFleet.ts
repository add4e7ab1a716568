import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CrashState, crashCore, sequence } from './crashStates.js';

/** A core of a fleet and what is known of it. */
export interface FleetCore {
  readonly path: string;
  /** The crash it is a copy of. */
  readonly state: string;
  readonly host: string;
  /** ISO 8601. */
  readonly time: string;
}

const START = Date.UTC(2026, 0, 5);
/** In seconds: file systems keep no more than that of some times. */
const MONTH = 30 * 86_400;

/**
 * Writes cores into a folder, a thousand to each folder below, named HOST.NUMBER.core, with the time of the crash as time of change.
 * Equal seeds give equal fleets.
 */
export function* writeFleet(
  folder: string,
  states: readonly CrashState[],
  count: number,
  { seed = 1, hosts = 100 } = {},
): Generator<FleetCore> {
  const next = sequence(seed);
  for (let i = 0; i < count; i++) {
    const state = states[next() % states.length];
    if (state === undefined) throw new Error('a fleet needs crashes');
    const host = `host-${String(next() % hosts).padStart(4, '0')}`;
    const time = new Date(START + 1000 * (next() % MONTH));
    const below = join(folder, String(Math.floor(i / 1000)).padStart(4, '0'));
    if (i % 1000 === 0) mkdirSync(below, { recursive: true });
    const path = join(below, `${host}.${String(i).padStart(6, '0')}.core`);
    writeFileSync(path, crashCore(state, seed * 1_000_003 + i));
    utimesSync(path, time, time);
    yield { path, state: state.name, host, time: time.toISOString() };
  }
}
