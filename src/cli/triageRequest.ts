import type { FleetConfig } from '../session/config/readConfig.js';
import type { ListingFilter } from '../session/listing/listingFilter.js';
import type { OpenOptions } from '../session/coreSession.js';
import type { Shard } from '../session/shards.js';
import type { ProgressForm } from './progressLine.js';

/** A run of `redzone triage`, with everything that its options say. */
export interface TriageRun {
  readonly inputs: readonly string[];
  readonly manifest: string | undefined;
  readonly shard: Shard | undefined;
  /** Of compressed cores on servers, more than the first piece. */
  readonly deep: boolean;
  /** Which of what is listed is meant. */
  readonly filter: ListingFilter;
  readonly options: OpenOptions;
  readonly fleet: FleetConfig;
  readonly form: 'table' | 'json' | 'ndjson' | 'csv' | 'exclusions';
  readonly dataset: string | undefined;
  readonly keepStack: number | undefined;
  readonly partRows: number | undefined;
  readonly workers: number | undefined;
  readonly progress: ProgressForm | undefined;
}
