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

  /** Adds columns from outside the core to a row, and whether a rule takes it out. A row is wide: it is not copied. */
  enrich(row: Record<string, ColumnValue>, entry: Pick<CoreEntry, 'source' | 'facts'>): void {
    const { path, sidecar, joins, rules } = this.sources;
    place(row, entry.facts);
    if (sidecar !== undefined) place(row, sidecarFacts(sidecar, entry.source));
    place(row, path?.of(entry.source));
    Object.assign(row, this.#machineChecks(row));
    const unmatched = joins.addTo(row);
    if (unmatched.length > 0) row['unmatched'] = unmatched.join(' ');
    const excluded = rules.empty ? undefined : rules.excluding(row);
    row['excluded_by'] = excluded?.rule;
    row['excluded_reason'] = excluded?.reason;
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
function place(row: Record<string, ColumnValue>, facts: Facts = {}): void {
  for (const [name, fact] of Object.entries(facts)) {
    if (fact === undefined) continue;
    const value = String(fact);
    if (!FIXED.has(name)) row[name] = value;
    else if (name === 'host') row['host'] = value;
    else if (name === 'time') {
      const time = epochMilliseconds(value);
      if (time !== undefined) Object.assign(row, { time: new Date(time), time_source: 'path' });
    } else if (row[name] !== value) row[`meta_${name}`] = value;
  }
}

type Facts = Readonly<Record<string, string | number | boolean | undefined>>;
