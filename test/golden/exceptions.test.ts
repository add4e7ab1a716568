import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SampleCore, sampleCores, SampleReader } from './fixtureCores.js';

/** Sample cores in which an exception was thrown or in delivery. */
const THROWN: readonly SampleCore[] = [...sampleCores().values()].filter(({ fixture }) => fixture.truth.exception);

let reader: SampleReader;
beforeAll(() => {
  reader = new SampleReader();
});
afterAll(() => {
  reader.dispose();
});

it.each(THROWN.map(({ name, fixture }) => [name, fixture.truth.exception]))(
  '%s: the exception is named, with what it says',
  (name, exception) => {
    expect(reader.row(name).exception).toMatchObject(exception ?? {});
  },
);

it('there are such samples', () => {
  expect(THROWN.length).toBeGreaterThan(20);
});
