import { readFileSync } from 'node:fs';
import { type CrashState, crashState } from './crashStates.js';

/** Sample cores whose verdict needs no more of them than registers, stack and notes. */
export const CRASH_SAMPLES = [
  'race-default',
  'race-O3',
  'race-data',
  'dead-frame',
  'shift-fp',
  'shift-clang-fp',
  'shift-nofp-zero',
  'zeroed-return',
  'null-deep',
  'null-call',
  'abort',
  'jump-unmapped',
  'return-text',
  'wild-rbp',
  'write-unmapped',
  'trap-divide',
  'trap-ud2',
  'stack-smash',
  'killed-quit',
  'read-flipped',
] as const;

/** @param samples paths of the sample cores by name */
export function sampleStates(samples: ReadonlyMap<string, { readonly core: string }>): CrashState[] {
  return CRASH_SAMPLES.map((name) => {
    const sample = samples.get(name);
    if (sample === undefined) throw new Error(`no sample core is called ${name}`);
    return crashState(name, new Uint8Array(readFileSync(sample.core)));
  });
}
