import type { ParquetColumn } from '../../io/parquet/parquetWriter.js';
import { epochMilliseconds } from '../../population/table/instant.js';
import { type ColumnValue, DATASET_COLUMNS, type DatasetRow } from '../../shared/dataset.js';
import type { FleetConfig } from '../config/readConfig.js';
import type { CoreEntry } from '../coreSource.js';
import { Joins } from '../join/joins.js';
import { PathPattern } from '../join/pathPattern.js';
import { sidecarFacts } from '../join/sidecar.js';
import type { EventIndex } from '../logs/eventIndex.js';
import type { Rules } from '../rules/rules.js';

/** Columns from outside the core, and whether a rule takes the row out. */
export interface Enrichment {
  readonly columns: Readonly<Record<string, ColumnValue>>;
  readonly excluded?: { readonly rule: string; readonly reason: string };
}

/** What machines said of themselves is told of a crash on them within a day after, and a minute before, when logs are late. */
const MACHINE_BEFORE = 86_400_000;
const MACHINE_AFTER = 60_000;

const MACHINE_COLUMNS: readonly ParquetColumn[] = [
  { name: 'machine_checks', type: 'integer' },
  { name: 'machine_check', type: 'text' },
];

/** Adds to a crash what its path, a file beside it, tables and logs know. */
export class Enricher {
  private constructor(
    private readonly sources: {
      readonly path: PathPattern | undefined;
      readonly sidecar: string | undefined;
      readonly joins: Joins;
      readonly rules: Rules;
      readonly machine: EventIndex | undefined;
    },
  ) {}

  /** @throws JoinError when something of it cannot be used as described */
  static async open(config: FleetConfig, rules: Rules, machine: EventIndex | undefined): Promise<Enricher> {
    const path = config.path === undefined ? undefined : new PathPattern(config.path);
    const known = [...(path?.columns ?? []), ...(machine === undefined ? [] : MACHINE_COLUMNS.map(({ name }) => name))];
    // Files beside cores may bring columns of any name.
    const joins = await Joins.load(config.joins, known, config.sidecar !== undefined);
    return new Enricher({ path, sidecar: config.sidecar, joins, rules, machine });
  }

  /** Columns that it is known to add. */
  get columns(): readonly ParquetColumn[] {
    const { path, joins, machine } = this.sources;
    const fromPath = (path?.columns ?? []).filter((name) => !FIXED.has(name));
    return [
      ...fromPath.map((name): ParquetColumn => ({ name, type: 'text' })),
      ...(machine === undefined ? [] : MACHINE_COLUMNS),
      ...joins.columns,
    ];
  }

  enrich(row: DatasetRow, entry: Pick<CoreEntry, 'source' | 'facts'>): Enrichment {
    const { path, sidecar, joins, rules } = this.sources;
    const columns: Record<string, ColumnValue> = {};
    const facts = {
      ...entry.facts,
      ...(sidecar === undefined ? {} : sidecarFacts(sidecar, entry.source)),
      ...path?.of(entry.source),
    };
    for (const [name, value] of Object.entries(facts))
      place(columns, row, name, value === undefined ? undefined : String(value));
    Object.assign(
      columns,
      this.#machineChecks({ host: columns['host'] ?? row['host'], time: columns['time'] ?? row['time'] }),
    );
    // A row is wide: it is copied for those alone who ask for more of it than it holds itself.
    const whole = joins.isEmpty && rules.empty ? row : { ...row, ...columns };
    const joined = joins.of(whole);
    Object.assign(columns, joined.values);
    if (joined.unmatched.length > 0) columns['unmatched'] = joined.unmatched.join(' ');
    const excluded = rules.empty ? undefined : rules.excluding(Object.assign(whole, columns));
    return { columns, ...(excluded === undefined ? {} : { excluded }) };
  }

  /** What should be said at the end, one sentence each. */
  remarks(): string[] {
    return this.sources.joins.remarks();
  }

  #machineChecks({ host, time }: DatasetRow): Readonly<Record<string, ColumnValue>> {
    const { machine } = this.sources;
    if (machine === undefined || !(time instanceof Date)) return {};
    const at = time.getTime();
    const events = machine.between(
      typeof host === 'string' ? host : undefined,
      at - MACHINE_BEFORE,
      at + MACHINE_AFTER,
    );
    return { machine_checks: events.length, machine_check: events.at(-1)?.text };
  }
}

const FIXED: ReadonlySet<string> = new Set(DATASET_COLUMNS.map(({ name }) => name));

/** Host and time fill in what the core does not know; whatever else is called like a column of our own gets a name of its own. */
function place(columns: Record<string, ColumnValue>, row: DatasetRow, name: string, value: string | undefined): void {
  if (value === undefined) return;
  if (!FIXED.has(name)) columns[name] = value;
  else if (name === 'host') columns['host'] = value;
  else if (name === 'time') {
    const time = epochMilliseconds(value);
    if (time !== undefined) Object.assign(columns, { time: new Date(time), time_source: 'path' });
  } else if (row[name] !== value) columns[`meta_${name}`] = value;
}
