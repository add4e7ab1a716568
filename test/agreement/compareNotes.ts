import { expect } from 'vitest';
import type { CoreReport } from '../../src/shared/report.js';
import { readelfNotes } from './readelfNotes.js';

/** Threads with all registers, process, signal and mapped files. `signalOfEnd` is off where the verdict speaks of an earlier signal. */
export function expectNotes(report: CoreReport, text: string, signalOfEnd = true): void {
  const notes = readelfNotes(text);
  expect(notes.threads.length).toBeGreaterThan(0);
  expect(report.threads?.map(({ tid }) => tid)).toEqual(notes.threads.map(({ tid }) => tid));
  notes.threads.forEach(({ registers }, i) => {
    expect(Object.keys(registers).length).toBeGreaterThan(16);
    for (const [name, value] of Object.entries(registers))
      expect(report.threads?.[i]?.registers[name], name).toBe(`0x${value.toString(16)}`);
  });
  if (notes.process !== undefined) {
    const { pid, comm, args } = report.process ?? {};
    expect({ pid, comm, args: args?.trimEnd() }).toEqual(notes.process);
  }
  if (notes.signal !== undefined && signalOfEnd) {
    expect(report.signal?.number).toBe(notes.signal.number);
    expect(report.signal?.code).toBe(notes.signal.code);
    if (notes.signal.address !== undefined)
      expect(BigInt(report.signal?.faultAddress ?? -1)).toBe(notes.signal.address);
  }
  // gdb writes no segment for text that it can find in the file: such a range is known by its module only.
  const ranges = [...(report.mappings ?? []), ...(report.modules ?? [])];
  for (const { start, end, path } of notes.files) {
    const inside = ranges.filter((one) => BigInt(one.start) < end && start < BigInt(one.end));
    expect(inside.map((one) => one.path)).toContain(path);
  }
}
