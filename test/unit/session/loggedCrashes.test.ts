import { describe, expect, it } from 'vitest';
import type { FoundCrash } from '../../../src/session/logs/crashSpool.js';
import { triageAll } from '../../../src/session/triageJob.js';

describe('the rows of a log', () => {
  it('let timers and signals have their turn', async () => {
    const stop = new AbortController();
    const crashes = {
      count: 1,
      *[Symbol.iterator](): Generator<FoundCrash> {
        const crash = { writer: 'redzone', registers: {}, functions: [], line: 'redzone-crash v1' };
        // Not for ever, should nobody ever be let in.
        for (const end = performance.now() + 20_000; performance.now() < end;) yield { crash, path: 'a.log', line: 1 };
      },
    };
    const place = { inputs: [], deep: false };
    const job = { listing: [], place, options: {}, wanted: {}, workers: 1, workerScript: '', logged: crashes };
    const started = performance.now();
    let rows = 0;
    for await (const item of triageAll({ ...job, signal: stop.signal })) {
      if (item.kind !== 'row' || rows++ > 0) continue;
      setTimeout(() => {
        stop.abort();
      }, 10);
    }
    expect(rows).toBeGreaterThan(1);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
