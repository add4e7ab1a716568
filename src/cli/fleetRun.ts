import { Collector } from '../session/dataset/collector.js';
import { Enricher } from '../session/dataset/enricher.js';
import { type FoundInLogs, readLogs } from '../session/logs/readLogs.js';
import { Rules } from '../session/rules/rules.js';
import { shardName } from '../session/shards.js';
import type { TriageRun } from './triageRequest.js';

/** What a run needs that makes more of its rows than the cores say: a data set, or what is joined to them. */
export interface FleetRun {
  readonly collector: Collector;
  readonly enricher: Enricher;
  readonly rules: Rules;
  readonly logs: FoundInLogs | undefined;
}

/** @throws DatasetError, JoinError */
export async function openFleet(run: TriageRun, signal: AbortSignal): Promise<FleetRun> {
  const rules = new Rules(run.fleet.rules);
  const logs = run.fleet.logs.length === 0 ? undefined : await readLogs(run.fleet.logs, rules, signal);
  const enricher = await Enricher.open(run.fleet, rules, logs?.machine);
  const collector = await Collector.open(run.form === 'exclusions' ? undefined : run.dataset, {
    version: VERSION,
    keepRegisters: run.keepStack !== undefined,
    enricher,
    ...(logs === undefined ? {} : { moments: logs.moments }),
    ...(run.partRows === undefined ? {} : { partRows: run.partRows }),
    ...(run.shard === undefined ? {} : { shard: shardName(run.shard) }),
  });
  return { collector, enricher, rules, logs };
}

declare const VERSION: string;
