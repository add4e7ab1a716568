import type { MappingRow, Slot } from '../../shared/report.js';
import type { RepeatedValue, SearchAnswer, SearchGroup, SearchHit, SearchRequest } from '../../shared/queries.js';
import { hex, runtimeAddress } from '../base/addresses.js';
import type { Steps } from '../base/steps.js';
import { printable, printablePath } from '../base/text.js';
import { type SearchSum, searchMemory } from '../values/memorySearch.js';
import { repeatedWords } from '../values/repeatedWords.js';
import { searchableRanges } from '../values/searchableRanges.js';
import type { SearchPattern } from '../values/searchPattern.js';
import { mappingRow } from './mappingRows.js';
import type { Inspection } from './openInspection.js';
import { patternOf } from './searchTargets.js';
import type { StackPlace } from './stackPlaces.js';

/** The searches of one core. The last few keep their hits, so that they can be paged through. */
export class MemorySearches {
  readonly #kept = new Map<string, Finished>();

  constructor(
    private readonly inspection: Inspection,
    private readonly stackPlaceOf: (address: bigint) => StackPlace | undefined,
  ) {}

  /** @throws QueryError when the request says nothing that can be looked for */
  *search(params: SearchRequest & { readonly from: number; readonly count: number }): Steps<SearchAnswer> {
    const { what } = params;
    const scope = params.in ?? 'all';
    const key = JSON.stringify([what, scope]);
    let finished = this.#kept.get(key);
    if (finished === undefined) {
      finished = what.kind === 'repeated' ? yield* this.#repeated(scope) : yield* this.#hits(patternOf(what), scope);
      const [oldest] = this.#kept.keys();
      if (this.#kept.size >= SEARCHES_KEPT && oldest !== undefined) this.#kept.delete(oldest);
      this.#kept.set(key, finished);
    }
    const from = Math.max(0, params.from);
    const end = Math.min(finished.addresses.length, from + Math.min(params.count, MOST_HITS_PER_PAGE));
    const items: SearchHit[] = [];
    for (let i = from; i < end; i++) items.push(this.#hit(finished.addresses[i] ?? 0n, what.kind));
    return {
      total: finished.total,
      from,
      items,
      groups: finished.groups,
      kept: finished.addresses.length,
      ...(finished.values === undefined ? {} : { values: finished.values }),
      searched: hex(finished.sum.searched),
      notThere: hex(finished.notThere),
    };
  }

  *#hits(pattern: SearchPattern, scope: 'core' | 'all'): Steps<Finished> {
    const { space } = this.inspection;
    const found = new AddressList();
    const groups: { mapping: MappingRow; end: bigint; first: number; count: number }[] = [];
    let total = 0;
    const sum = yield* searchMemory(this.#memory(scope), this.#ranges(scope), pattern, (address) => {
      if (found.length < MOST_KEPT) found.add(address);
      let group = groups.at(-1);
      if (group === undefined || address >= group.end) {
        const place = space.find(address);
        const mapping = place === undefined ? strayMapping(this.inspection, address) : mappingRow(place);
        group = { mapping, end: BigInt(mapping.end), first: total, count: 0 };
        groups.push(group);
      }
      group.count++;
      total++;
    });
    const rows = groups.map(({ mapping, first, count }): SearchGroup => ({ mapping, first, count }));
    return { addresses: found.addresses(), total, groups: rows, sum, notThere: this.#notThere(sum) };
  }

  *#repeated(scope: 'core' | 'all'): Steps<Finished> {
    const { words, sum } = yield* repeatedWords(this.#memory(scope), this.#ranges(scope));
    const values = words.slice(0, VALUES_SHOWN).map(({ value, count }): RepeatedValue => {
      return { value: hex(value), count, ...this.#look(value) };
    });
    return { addresses: NO_ADDRESSES, total: 0, groups: [], values, sum, notThere: this.#notThere(sum) };
  }

  #memory(scope: 'core' | 'all') {
    const { core, context } = this.inspection;
    return scope === 'core' ? core.memory : (context?.memory ?? core.memory);
  }

  #ranges(scope: 'core' | 'all') {
    const { core, modules } = this.inspection;
    return searchableRanges(core.memory, scope === 'core' ? undefined : modules);
  }

  /** Mapped bytes that were not looked through. */
  #notThere({ searched }: SearchSum): bigint {
    const mapped = this.inspection.core.memory.segments().reduce((total, segment) => total + segment.memsz, 0n);
    return mapped > searched ? mapped - searched : 0n;
  }

  #hit(address: bigint, kind: SearchRequest['what']['kind']): SearchHit {
    const { space, core, context, symbolizer } = this.inspection;
    const memory = context?.memory ?? core.memory;
    const place = space.find(address);
    const mapping = place ?? this.inspection.modules.range(address)?.range;
    const path = place?.path ?? this.inspection.modules.find(address)?.path;
    const symbol = symbolizer.symbolAt(runtimeAddress(address));
    const onStack = this.stackPlaceOf(address);
    const value = memory.word(runtimeAddress(address));
    const text = kind === 'text' ? this.#preview(address) : value === undefined ? '' : this.#look(value).text;
    return {
      address: hex(address),
      mapping: hex(mapping?.start ?? address),
      ...(path === undefined ? {} : { module: printablePath(path) }),
      ...(symbol === undefined ? {} : { symbol: `${symbol.name}${plus(symbol.offset)}` }),
      ...onStack,
      ...(value === undefined ? {} : { value: hex(value) }),
      ...(text === '' ? {} : { text }),
    };
  }

  /** The string at an address: in UTF-16 when every second byte of its start is 0. */
  #preview(address: bigint): string {
    const { core, context } = this.inspection;
    const { bytes } = (context?.memory ?? core.memory).read(runtimeAddress(address), PREVIEW);
    const wide = bytes.length >= 4 && bytes[0] !== 0 && bytes[1] === 0 && bytes[2] !== 0 && bytes[3] === 0;
    const narrow = wide ? bytes.filter((_, i) => i % 2 === 0) : bytes;
    const end = narrow.indexOf(0);
    return printable(end < 0 ? narrow : narrow.subarray(0, end), PREVIEW);
  }

  #look(value: bigint): { readonly kind: Slot['kind']; readonly text: string } {
    return this.inspection.classifier?.classify(value) ?? { kind: 'unknown', text: '' };
  }
}

interface Finished {
  readonly addresses: BigUint64Array;
  readonly total: number;
  readonly groups: readonly SearchGroup[];
  readonly values?: readonly RepeatedValue[];
  readonly sum: SearchSum;
  readonly notThere: bigint;
}

const SEARCHES_KEPT = 4;
/** 8 MB of addresses. */
const MOST_KEPT = 1 << 20;
const MOST_HITS_PER_PAGE = 4096;
const VALUES_SHOWN = 100;
const PREVIEW = 96;
const NO_ADDRESSES = new BigUint64Array(0);

/** Addresses that are added one by one. */
class AddressList {
  #all = new BigUint64Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(address: bigint): void {
    if (this.#length === this.#all.length) {
      const larger = new BigUint64Array(this.#all.length * 2);
      larger.set(this.#all);
      this.#all = larger;
    }
    this.#all[this.#length++] = address;
  }

  addresses(): BigUint64Array {
    return this.#all.slice(0, this.#length);
  }
}

/** Pages of a file that no segment of the core covers. */
function strayMapping({ modules }: Inspection, address: bigint): MappingRow {
  const place = modules.range(address);
  return {
    start: hex(place?.range.start ?? address),
    end: hex(place?.range.end ?? address + 1n),
    permissions: `r-${place?.range.executable === true ? 'x' : '-'}`,
    dumped: '0x0',
    ...(place === undefined ? {} : { path: printablePath(place.module.path) }),
  };
}

function plus(offset: bigint): string {
  return offset === 0n ? '' : `+${hex(offset)}`;
}
