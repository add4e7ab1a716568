import { afterAll, beforeAll, describe, it } from 'vitest';
import { DEFAULT_SCOPE } from '../../src/session/inspectCore.js';
import { NAMES, oracle, SampleReader } from '../golden/fixtureCores.js';
import { expectNotes } from './compareNotes.js';

/** The verdict speaks of the fault before the handler, and so does the signal of the report. */
const OF_THE_FAULT = ['handler-abort'];

describe('the notes of a core, as eu-readelf reads them', () => {
  let reader: SampleReader;
  beforeAll(() => {
    reader = new SampleReader();
  });
  afterAll(() => {
    reader.dispose();
  });

  it.each(NAMES.filter((name) => oracle(name, 'notes.txt') !== undefined))('%s', (name) => {
    const report = reader.open(name, (core) => core.report({ ...DEFAULT_SCOPE, slots: [0, 0] }));
    expectNotes(report, oracle(name, 'notes.txt') ?? '', !OF_THE_FAULT.includes(name));
  });
});
