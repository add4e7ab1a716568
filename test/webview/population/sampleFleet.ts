import type { CategoryColumn, ColumnTable, NumberColumn } from '../../../src/shared/columnTable.js';
import type { PopulationReport } from '../../../src/shared/findings.js';
import type { TableSource } from '../../../src/shared/populationPage.js';

/** What is planted: all crashes of `misaligned-stack` but a few lie on this one host, from this moment on. */
export const BAD_HOST = 'phys-1049';
export const SINCE = Date.UTC(2026, 4, 2, 6);

const FIRST = Date.UTC(2026, 3, 1);
const DAYS = 45;
const HOSTS = 60;
const REGIONS = ['eu-north', 'eu-west', 'us-east', 'us-west'];
const SKUS = ['gen9', 'gen10', 'gen11'];
const KERNELS = ['6.1.112', '6.6.52', '6.8.0-45'];
const RELEASES = ['4.10.2', '4.11.0', '4.11.1', '4.12.0'];
const CONTAINERS = ['ingest', 'query', 'compact', 'gateway', 'billing'];
const SIGNATURES = [
  'unwind-transfer-race | updateDocument | applyBatch | run',
  'null-dereference | read_id | find_account | serve',
  'abort | check_invariant | compact_segment | run',
  'uncaught-exception | parse_header | handle_request | serve',
];

/**
 * A fleet with two diseases and a background, made up here: a race all over the fleet since release 4.12.0, and one host whose stacks are
 * shifted. The same seed makes the same fleet. `more` adds columns, for a table as wide as they come.
 */
export function sampleFleet(rows: number, more = 0, seed = 1): ColumnTable {
  const random = generator(seed);
  const pick = (count: number) => Math.floor(random() * count);
  const columns = {
    label: new Texts('label', rows),
    kind: new Texts('kind', rows),
    signature: new Texts('signature', rows),
    host: new Texts('host', rows),
    region: new Texts('region', rows),
    sku: new Texts('sku', rows),
    kernel: new Texts('kernel', rows),
    release: new Texts('release', rows),
    container: new Texts('container', rows),
    source: new Texts('source', rows),
  };
  const time = new Float64Array(rows);
  const nodeAge = new Float64Array(rows);
  const load = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const shifted = row % 57 === 0;
    const race = !shifted && random() < 0.55;
    const host = shifted && random() < 0.96 ? BAD_HOST : `phys-${1000 + Math.floor(HOSTS * random() ** 1.5)}`;
    const number = Number(host.slice(5)) - 1000;
    const day = race ? 20 + (DAYS - 20) * random() : DAYS * random();
    time[row] = Math.floor(shifted ? SINCE + random() * 13 * 86_400_000 : FIRST + day * 86_400_000);
    columns.label.set(row, shifted ? 'misaligned-stack' : race ? 'return-to-null' : 'other');
    const signature = shifted ? 0 : race ? 0 : 1 + pick(3);
    columns.signature.set(
      row,
      shifted ? 'rsp-shift | updateDocument | applyBatch | run' : (SIGNATURES[signature] ?? ''),
    );
    columns.kind.set(row, shifted ? 'rsp-shift' : (SIGNATURES[signature]?.split(' | ')[0] ?? ''));
    columns.host.set(row, host);
    columns.region.set(row, REGIONS[number % 4] ?? '');
    columns.sku.set(row, SKUS[number % 3] ?? '');
    columns.kernel.set(row, KERNELS[pick(3)] ?? '');
    columns.release.set(row, race ? '4.12.0' : (RELEASES[pick(4)] ?? ''));
    if (random() > 0.1) columns.container.set(row, CONTAINERS[pick(5)] ?? '');
    columns.source.set(row, `/crashes/2026/${host}/core.${10_000 + row}.zst`);
    nodeAge[row] = random() < 0.05 ? NaN : Math.floor(random() * 400);
    load[row] = 10 ** (random() * 5 - 1);
  }
  const extra = Array.from({ length: more }, (_, index) => {
    const column = new Texts(`tag${index}`, rows);
    const size = [3, 12, 60, 400][index % 4] ?? 3;
    for (let row = 0; row < rows; row++) column.set(row, `value ${pick(size)}`);
    return column.finish();
  });
  return {
    rows,
    columns: [
      ...Object.values(columns).map((column) => column.finish()),
      number('time', time),
      number('nodeAgeHours', nodeAge),
      number('load', load),
      ...extra,
    ],
  };
}

/** As if the fleet lay in one file. */
export const SAMPLE_SOURCE: TableSource = {
  from: "read_json(['fleet.ndjson'])",
  time: 'CAST("time" AS TIMESTAMP)',
  nested: {},
};

/** What a reader should be told of the sample fleet, in the shape of `redzone population --json`, from counts made here. */
export function sampleReport(table: ColumnTable): PopulationReport {
  const label = column(table, 'label');
  const host = column(table, 'host');
  const inside = { cases: 0, of: 0 };
  const outside = { cases: 0, of: 0 };
  for (let row = 0; row < table.rows; row++) {
    const share = host(row) === BAD_HOST ? inside : outside;
    share.of++;
    if (label(row) === 'misaligned-stack') share.cases++;
  }
  const all = inside.cases + outside.cases;
  const start = new Date(SINCE).toISOString();
  const common = { p: 1e-40, pAdjusted: 1e-38, episodes: inside.cases };
  return {
    schema: 1,
    counts: {
      rows: table.rows,
      unreadable: 0,
      crashes: table.rows,
      episodes: Math.floor(table.rows * 0.9),
      withoutTime: 0,
      from: new Date(FIRST).toISOString(),
      to: new Date(FIRST + DAYS * 86_400_000).toISOString(),
      labels: [],
    },
    findings: [
      {
        rank: 1,
        label: 'misaligned-stack',
        question: 'where',
        form: 'dominance',
        dimension: 'host',
        value: BAD_HOST,
        inside,
        outside,
        oddsRatio: 4100,
        interval: [1900, 8800],
        ...common,
        alsoSeenAs: [
          { dimension: 'region', value: 'eu-west' },
          { dimension: 'sku', value: 'gen10' },
        ],
        start,
        text: `${inside.cases} of ${all} misaligned-stack crashes are on host ${BAD_HOST}, one of ${HOSTS}, since 2 May 2026.`,
        query: `SELECT count(*) FROM crashes WHERE "label" = 'misaligned-stack' AND "host" = '${BAD_HOST}'`,
      },
      {
        rank: 2,
        label: 'return-to-null',
        question: 'where',
        form: 'excess',
        dimension: 'release',
        value: '4.12.0',
        inside: shareOf(table, 'release', '4.12.0', 'return-to-null'),
        outside: shareOf(table, 'release', undefined, 'return-to-null', '4.12.0'),
        oddsRatio: 210,
        interval: [150, 300],
        ...common,
        alsoSeenAs: [],
        text: 'Every return-to-null crash runs release 4.12.0, on all hosts alike, since 21 April 2026.',
        query: `SELECT count(*) FROM crashes WHERE "release" = '4.12.0'`,
      },
    ],
    explained: [
      {
        rank: 3,
        explainedBy: 2,
        label: 'return-to-null',
        question: 'when',
        form: 'start',
        dimension: 'time',
        value: '2026-04-21',
        start: '2026-04-21T00:00:00.000Z',
        inside: { cases: 1, of: 1 },
        outside: { cases: 0, of: 1 },
        ...common,
        alsoSeenAs: [],
        text: 'return-to-null begins on 21 April 2026, the day release 4.12.0 was rolled out.',
        query: 'SELECT 1',
      },
    ],
    notAssociated: [
      { dimension: 'kernel', detectableOddsRatio: 1.31, label: 'return-to-null' },
      { dimension: 'container', detectableOddsRatio: 1.44, label: 'return-to-null' },
    ],
    method: {
      dimensions: ['host', 'region', 'sku', 'kernel', 'release', 'container'],
      measures: ['nodeAgeHours', 'load'],
      leftOut: [{ column: 'source', why: 'nearly unique' }],
      node: 'host',
      episodeGapSeconds: 3600,
      tests: 312,
      permutations: 2000,
      alpha: 0.05,
    },
    hardwareSuspects: [
      { dimension: 'host', value: BAD_HOST, ...inside, episodes: inside.cases, p: 1e-40, pAdjusted: 1e-38 },
    ],
    notes: ['Without an exposure table these are shares of crashes, not rates.'],
  };
}

/** Texts coded as they come. */
class Texts {
  readonly #values: string[] = [];
  readonly #codeOf = new Map<string, number>();
  readonly #codes: Int32Array;

  constructor(
    readonly name: string,
    rows: number,
  ) {
    this.#codes = new Int32Array(rows).fill(-1);
  }

  set(row: number, text: string): void {
    let code = this.#codeOf.get(text);
    if (code === undefined) {
      code = this.#values.length;
      this.#values.push(text);
      this.#codeOf.set(text, code);
    }
    this.#codes[row] = code;
  }

  finish(): CategoryColumn {
    return { type: 'category', name: this.name, values: this.#values, codes: this.#codes };
  }
}

function number(name: string, values: Float64Array): NumberColumn {
  return { type: 'number', name, values };
}

export function column(table: ColumnTable, name: string): (row: number) => string | undefined {
  const found = table.columns.find((one) => one.name === name);
  if (found?.type !== 'category') throw new Error(`no column ${name}`);
  return (row) => {
    const code = found.codes[row] ?? -1;
    return code < 0 ? undefined : String(found.values[code]);
  };
}

function shareOf(table: ColumnTable, dimension: string, value: string | undefined, subject: string, but?: string) {
  const label = column(table, 'label');
  const where = column(table, dimension);
  const share = { cases: 0, of: 0 };
  for (let row = 0; row < table.rows; row++) {
    const here = where(row);
    if (value === undefined ? here === but : here !== value) continue;
    share.of++;
    if (label(row) === subject) share.cases++;
  }
  return share;
}

/** Mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
