import { describe, expect, it } from 'vitest';
import { corePattern } from '../../../../src/session/hunt/corePattern.js';

function fileName(pattern: string, usesPid = false): RegExp {
  const read = corePattern(pattern, usesPid);
  if (read.kind !== 'file') throw new Error(`${pattern} is no file`);
  return read.parts.at(-1) ?? /$^/;
}

describe('core_pattern (core(5))', () => {
  it('knows files, pipes and none', () => {
    expect(corePattern('core\n', false)).toMatchObject({ kind: 'file', relative: true, distinct: false });
    expect(corePattern('', false)).toEqual({ kind: 'none' });
    expect(corePattern('', true)).toMatchObject({ kind: 'file', distinct: true });
    expect(corePattern('|/usr/lib/systemd/systemd-coredump %P %u %g %s %t %c %h', false)).toEqual({
      kind: 'pipe',
      program: '/usr/lib/systemd/systemd-coredump',
    });
  });

  it('tells whether processes have names of their own', () => {
    expect(corePattern('/cores/%e.%p', false)).toMatchObject({ relative: false, distinct: true });
    expect(corePattern('/cores/%e.%%p', false)).toMatchObject({ distinct: false });
    expect(corePattern('core', true)).toMatchObject({ distinct: true });
  });

  it('knows the names that come of a pattern, and no others', () => {
    expect('core').toMatch(fileName('core'));
    expect('core.1234').toMatch(fileName('core', true));
    expect('core.js').not.toMatch(fileName('core', true));
    expect('core-my.app (x)-11-0-4711').toMatch(fileName('core-%e-%s-%u-%p'));
    expect('coreXmyapp').not.toMatch(fileName('core.%e'));
    expect('100%.core').toMatch(fileName('100%%.core'));
    expect('!usr!bin!app.7').toMatch(fileName('/var/%E.%p'));
  });
});
