import { describe, expect, it } from 'vitest';
import { coreDestination, type Machine } from '../../../../src/session/hunt/coreDestination.js';

function machine(pattern: string | undefined, more: Partial<Record<string, string>> = {}, allowed = true): Machine {
  const files: Partial<Record<string, string>> = { '/proc/sys/kernel/core_pattern': pattern, ...more };
  return { file: (path) => files[path], writable: () => allowed, listable: () => allowed };
}

const limits = (soft: string, hard: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units     \nMax core file size        ${soft.padEnd(20)} ${hard.padEnd(20)} bytes     \n`;
const LIMITS = '/proc/self/limits';
const SYSTEMD = '|/lib/systemd/systemd-coredump %P %u %g %s %t 9223372036854775808 %h';

describe('where cores go', () => {
  it('finds files and the folders of the usual programs', () => {
    expect(coreDestination('/work', machine('core\n')).files).toMatchObject({ relative: true });
    expect(coreDestination('/work', machine(SYSTEMD))).toEqual({
      files: undefined,
      folder: '/var/lib/systemd/coredump',
    });
    expect(coreDestination('/work', machine('|/usr/share/apport/apport -p%p -s%s')).folder).toBe(
      '/var/lib/apport/coredump',
    );
  });

  it('says of a bound what it does, and nothing of the soft limit, which is raised', () => {
    expect(coreDestination('/work', machine('core', { [LIMITS]: limits('0', 'unlimited') })).remark).toBeUndefined();
    expect(coreDestination('/work', machine('core', { [LIMITS]: limits('0', '5120000') })).remark).toContain('5120000');
  });

  it.each([
    ['no core is allowed', machine('core', { [LIMITS]: limits('0', '0') }), /hard limit .* is 0 .*LimitCORE/],
    ['the pattern is empty', machine('\n'), /core_pattern is empty.*sysctl/],
    ['the pattern cannot be read', machine(undefined), /core_pattern cannot be read/],
    ['an unknown program gets them', machine('|/opt/agent/dump %p'), /handed to \/opt\/agent\/dump.*sysctl/],
    ['the folder may not be read', machine(SYSTEMD, {}, false), /\/var\/lib\/systemd\/coredump.* cannot be read/],
    [
      'no files are kept',
      machine(SYSTEMD, { '/etc/systemd/coredump.conf': '#Storage=x\nStorage=none\n' }),
      /Storage=none/,
    ],
    ['the folder may not be written', machine('core', {}, false), /\/work .*cannot write.*--scratch/],
    ['the folder of the pattern may not', machine('/var/cores/core.%p', {}, false), /\/var\/cores /],
  ])('says what to do when %s', (_name, asked, sentence) => {
    expect(() => coreDestination('/work', asked)).toThrow(sentence);
  });
});
