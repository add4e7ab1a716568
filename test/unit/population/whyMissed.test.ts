import { describe, expect, it } from 'vitest';
import { TableBuilder } from '../../../src/population/table/tableBuilder.js';
import type { Truth } from '../../population/fleets/causes.js';
import { whyMissed } from '../../population/whyMissed.js';

const HOUR = 3_600_000;

/** Crashes an hour apart on hosts of their own; `labelled` says which are of the label, by release and region. */
function tableOf(labelled: (release: string, region: string, i: number) => boolean) {
  const builder = new TableBuilder();
  for (let i = 0; i < 400; i++) {
    const [release, region] = [`r${i % 4}`, `z${Math.floor(i / 4) % 5}`];
    builder.row({
      label: labelled(release, region, i) ? 'misaligned-stack' : 'other',
      kind: 'unknown',
      signature: `unknown | f${i % 3}`,
      time: new Date(1_790_000_000_000 + i * 2 * HOUR).toISOString(),
      host: `h${i}`,
      release,
      region,
    });
  }
  return builder.finish();
}

const ofRelease: Truth = { label: 'misaligned-stack', dimension: ['release'], value: ['r1'] };

describe('why a planted cause was not the first finding', () => {
  it('is that there is nothing to be seen', () => {
    expect(
      whyMissed(
        tableOf((_, __, i) => i % 50 === 0),
        ofRelease,
      ),
    ).toBe('nothing');
    expect(
      whyMissed(
        tableOf(() => false),
        ofRelease,
      ),
    ).toBe('nothing');
  });

  it('is that something else is likelier', () => {
    expect(
      whyMissed(
        tableOf((_, region, i) => region === 'z2' && i % 3 > 0),
        ofRelease,
      ),
    ).toBe('likelier');
  });

  it('is not the choice of the report where that is the planted one itself, or a wider one that fits better', () => {
    const table = tableOf((release) => release === 'r1');
    // Nothing is likelier than itself.
    expect(whyMissed(table, ofRelease)).toBe('likelier');
    const mixed = tableOf((release, region) => release === 'r1' && region !== 'z0');
    const pair: Truth = { label: 'misaligned-stack', dimension: ['release', 'region'], value: ['r1', 'z1'] };
    expect(whyMissed(mixed, pair)).toBe('likelier');
  });

  it('is not to be said of what is no condition on one crash', () => {
    expect(
      whyMissed(
        tableOf(() => true),
        { ...ofRelease, form: 'loop' },
      ),
    ).toBeUndefined();
  });
});
