import { expect, it } from 'vitest';
import { bytesSource } from '../../../src/engine/base/byteSource.js';
import { readCore } from '../../../src/engine/core/coreImage.js';
import { prstatus } from '../../writers/coreNotes.js';
import { writeCore } from '../../writers/elfCore.js';

it.each([
  ['NetBSD-CORE', 'NetBSD'],
  ['NetBSD-CORE@1', 'NetBSD'],
  ['FreeBSD', 'FreeBSD'],
  ['OpenBSD', 'OpenBSD'],
])('a core with notes of %s is one of %s', (name, system) => {
  const core = readCore(bytesSource(writeCore({ notes: [{ name, type: 1, desc: new Uint8Array(160) }] }).bytes));
  expect(core?.threads).toEqual([]);
  expect(
    core?.diagnostics
      .list()
      .map(({ message }) => message)
      .join(),
  ).toContain(`a core of ${system},`);
});

it('a core of Linux is none of another system', () => {
  const core = readCore(bytesSource(writeCore({ notes: [prstatus(1)] }).bytes));
  expect(core?.threads).toHaveLength(1);
  expect(
    core?.diagnostics
      .list()
      .map(({ message }) => message)
      .join(),
  ).not.toContain('a core of');
});
