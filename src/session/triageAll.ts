import type { CoreRow } from '../shared/report.js';
import type { CoreEntry, Listed } from './coreSource.js';
import type { Triage } from './triage.js';

/** What comes of one listed thing. */
export type Triaged =
  { readonly kind: 'row'; readonly entry: CoreEntry; readonly row: CoreRow } | Exclude<Listed, { kind: 'core' }>;

/** Labels what is listed, in that order. Ends early when the signal fires. */
export async function* triageAll(
  listing: AsyncIterable<Listed> | Iterable<Listed>,
  triage: Triage,
  signal?: AbortSignal,
): AsyncIterable<Triaged> {
  for await (const item of listing) {
    if (signal?.aborted === true) return;
    if (item.kind === 'core') yield { kind: 'row', entry: item.entry, row: await triage.rowOf(item.entry) };
    else yield item;
  }
}
