import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Listed } from './coreSource.js';
import { coreSourceOf } from './coreSources.js';
import type { Shard } from './shards.js';

/**
 * What the lines of a manifest name, one path or URL each; of a shard every Nth. A manifest that cannot be read is an item that says so.
 */
export async function* manifestListing(
  file: string,
  shard: Shard | undefined,
  signal?: AbortSignal,
): AsyncGenerator<Listed> {
  const input = createReadStream(file);
  try {
    let number = 0;
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      if (signal?.aborted === true) return;
      if (line.trim() === '') continue;
      const mine = shard === undefined || number % shard.count === shard.index;
      number++;
      if (mine) yield* coreSourceOf([line]).list(signal);
    }
  } catch (error) {
    yield {
      kind: 'unreadable',
      path: file,
      reason: `the manifest cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
    };
  } finally {
    input.destroy();
  }
}
