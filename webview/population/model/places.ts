import type { Facet } from './facet.js';
import type { ColumnOrder } from './columnOrder.js';

/** What a fleet calls one machine, the most physical word last: the map shows the name that crashes carry. */
const MACHINES = /^(.*[._])?(host|hostname|host_name|node|node_name|machine|instance|vm|server|phys(ical)?_?host)$/i;
const GATHERING = /(region|zone|datacenter|data_center|\bdc\b|site|rack|cluster|cell|pool)/i;
/** More squares than this are no map. */
export const MOST_PLACES = 2000;

/** The dimension whose values are machines, as far as names tell; otherwise the one with the most values. */
export function machineDimension(
  { dimensions }: ColumnOrder,
  facet: (name: string) => Facet | undefined,
): string | undefined {
  const named = dimensions.find((name) => MACHINES.test(name));
  if (named !== undefined) return named;
  let most: { readonly name: string; readonly size: number } | undefined;
  for (const name of dimensions) {
    if (name === 'signature' || name === 'kind' || name === 'label') continue;
    const size = facet(name)?.size ?? 0;
    if (size > (most?.size ?? 2)) most = { name, size };
  }
  return most?.name;
}

/** A dimension that gathers machines. */
export function gatheringDimension({ dimensions }: ColumnOrder, machine: string | undefined): string | undefined {
  return dimensions.find((name) => name !== machine && GATHERING.test(name));
}

/** Pairs that are counted at most: beyond, the map gathers nothing. */
const MOST_PAIRS = 8_000_000;

/** For each code of `machine` the code of `within` that most of its rows have; `undefined` where there are too many of both. */
export function gathered(machine: Facet, within: Facet): Uint32Array | undefined {
  if (machine.size * within.size > MOST_PAIRS) return undefined;
  const counts = new Uint32Array(machine.size * within.size);
  for (let row = 0; row < machine.codes.length; row++) {
    const at = (machine.codes[row] ?? 0) * within.size + (within.codes[row] ?? 0);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return Uint32Array.from({ length: machine.size }, (_, code) => {
    const own = counts.subarray(code * within.size, (code + 1) * within.size);
    return own.reduce((best, count, other) => (count > (own[best] ?? 0) ? other : best), 0);
  });
}

/** The codes that have a place on the map: those with the most rows where they are too many, in the order of their texts. */
export function placed(facet: Facet): { readonly codes: readonly number[]; readonly more: number } {
  const totals = new Uint32Array(facet.size);
  for (const code of facet.codes) totals[code] = (totals[code] ?? 0) + 1;
  const codes = [...totals.keys()].slice(1).filter((code) => (totals[code] ?? 0) > 0);
  if (codes.length <= MOST_PLACES) return { codes, more: 0 };
  const largest = codes.sort((a, b) => (totals[b] ?? 0) - (totals[a] ?? 0)).slice(0, MOST_PLACES);
  return { codes: largest.sort((a, b) => a - b), more: codes.length - MOST_PLACES };
}
