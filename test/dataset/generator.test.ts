import { afterAll, expect, it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { sampleCores, SampleReader, SYSROOT } from '../golden/fixtureCores.js';
import { Triage } from '../../src/session/triage.js';
import { sampleStates } from '../writers/crashSamples.js';
import { crashCore } from '../writers/crashStates.js';
import { FleetFolder } from './fleetFolder.js';

const folder = new FleetFolder(0);
const triage = new Triage({ sysroot: SYSROOT });
const reader = new SampleReader();
afterAll(() => {
  triage.dispose();
  folder.remove();
});

it.each(sampleStates(sampleCores()).map((state) => [state.name, state] as const))(
  'the crash %s has its verdict in other processes too',
  (name, state) => {
    const { label, kind, shift, signature } = reader.row(name);
    for (const seed of [1, 2, 3]) {
      const path = folder.join('one.core');
      writeFileSync(path, crashCore(state, seed));
      const row = triage.row(path);
      expect({ ...row, label: row.label }).toMatchObject({ status: 'ok', label, kind, signature });
      expect(row.shift).toBe(shift);
      expect(row.thread?.registers['rsp']).not.toBe(reader.row(name).thread?.registers['rsp']);
    }
  },
);

it('gives equal cores for equal seeds only', () => {
  const [state] = sampleStates(sampleCores());
  if (state === undefined) throw new Error('no state');
  expect(crashCore(state, 7)).toEqual(crashCore(state, 7));
  expect(crashCore(state, 7)).not.toEqual(crashCore(state, 8));
});
