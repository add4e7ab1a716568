import { describe, expect, it } from 'vitest';
import { logLine } from '../../../../src/session/logs/logLine.js';

const MODIFIED = Date.UTC(2026, 10, 28);
const AT = Date.UTC(2026, 10, 21, 2, 15, 56);
const TEXT = 'app[12]: segfault at 0';

function read(line: string, host?: string): unknown {
  return logLine(line, { modified: MODIFIED, ...(host === undefined ? {} : { host }) });
}

describe('what stands in front of a line', () => {
  it.each([
    ['short', 'Nov 21 02:15:56 web-7 kernel: [ 5870170.864740] app[12]: segfault at 0'],
    ['short of a Debian log', '2026-11-21T03:15:56.000000+01:00 web-7 kernel: [   90.864905] app[12]: segfault at 0'],
    ['short-iso', '2026-11-21T02:15:56+0000 web-7 kernel: app[12]: segfault at 0'],
    ['short-full', 'Sat 2026-11-21 02:15:56 UTC web-7 kernel: app[12]: segfault at 0'],
    ['short-unix', `${AT / 1000}.000000 web-7 kernel: app[12]: segfault at 0`],
    ['RFC 5424', '<6>1 2026-11-21T02:15:56Z web-7 kernel - - - app[12]: segfault at 0'],
    ['RFC 3164 with its priority', '<6>Nov 21 02:15:56 web-7 kernel: app[12]: segfault at 0'],
    [
      'json',
      `{"MESSAGE":"${TEXT}","__REALTIME_TIMESTAMP":"${AT}000","_HOSTNAME":"web-7","SYSLOG_IDENTIFIER":"kernel"}`,
    ],
    [
      'json of a line that is no UTF-8',
      `{"MESSAGE":[${[...Buffer.from(TEXT)].join(',')}],"__REALTIME_TIMESTAMP":"${AT}000","_HOSTNAME":"web-7"}`,
    ],
  ])('%s', (_name, line) => {
    expect(read(line)).toEqual({ time: AT, host: 'web-7', text: TEXT });
  });

  it.each([
    ['short without the machine', 'Nov 21 02:15:56 kernel: app[12]: segfault at 0'],
    ['logread', 'Sat Nov 21 02:15:56 2026 kern.info kernel: [   37.498052] app[12]: segfault at 0'],
    ['dmesg -T', '[Sat Nov 21 02:15:56 2026] app[12]: segfault at 0'],
    ['a container of containerd', '2026-11-21T02:15:56.000000000Z stderr F app[12]: segfault at 0'],
    ['a container of docker', `{"log":"${TEXT}\\n","stream":"stderr","time":"2026-11-21T02:15:56Z"}`],
  ])('%s, which names no machine', (_name, line) => {
    expect(read(line)).toEqual({ time: AT, text: TEXT });
    expect(read(line, 'known')).toMatchObject({ host: 'known' });
  });

  it('takes the year before for days that have not been yet', () => {
    expect(read('Dec 24 00:00:00 web-7 kernel: x')).toMatchObject({ time: Date.UTC(2025, 11, 24) });
  });

  it('leaves alone what is none of these', () => {
    expect(read('  @ 0x7f00 main')).toEqual({ text: '  @ 0x7f00 main' });
    expect(read('{"MESSAGE":')).toEqual({ text: '{"MESSAGE":' });
    expect(read('[  12.345678] app[1]: x')).toEqual({ text: 'app[1]: x' });
  });
});
