import { describe, expect, it } from 'vitest';
import { logRow } from '../../../../src/session/logs/logRow.js';
import { redzoneCrash } from '../../../../src/session/logs/redzoneLine.js';

const crashOf = (text: string) => redzoneCrash({ text, time: 5000, host: 'from-line' });

describe('the line that handlers print for us', () => {
  it('is found behind a space, a byte order mark, and what only looks like it', () => {
    for (const before of ['', 'app[7]: ', '\t', '\ufeff', '\u00a0', 'xredzone-crash v1 '])
      expect(crashOf(`${before}redzone-crash v1 pid=7`)?.pid).toBe(7);
    expect(crashOf('xredzone-crash v1 pid=7')).toBeUndefined();
    expect(crashOf('redzone-crash v2 pid=7')).toBeUndefined();
  });

  it('has values with quotes and without', () => {
    const crash = crashOf(
      'redzone-crash v1 comm="my app" pid=7 tid= signal="11" host=h1 =3 code==1 rip=0x7F00 rsp=7ff8 rax=0x rbx="not" __proto__=1 frames="f(int) < g <  < main"',
    );
    expect(crash).toMatchObject({ comm: 'my app', pid: 7, signal: 11, host: 'h1', time: 5000 });
    expect(crash?.tid).toBeUndefined();
    expect(crash?.code).toBeUndefined();
    expect(crash?.registers).toEqual({ rip: 0x7f00n, rsp: 0x7ff8n });
    expect(crash?.functions).toEqual(['f(int)', 'g', 'main']);
  });

  it('takes a quote that is not closed for a letter', () => {
    expect(crashOf('redzone-crash v1 comm="my app pid=7')).toMatchObject({ comm: '"my', pid: 7 });
  });

  it('takes the time of the line where its own is none', () => {
    for (const time of ['9999999999999999', 'soon', '""x']) {
      const crash = crashOf(`redzone-crash v1 time=${time} rip=0x0`);
      if (crash === undefined) throw new Error('no crash');
      expect(logRow(crash, 'a.log:1').time).toBe(
        time === '""x' ? '1970-01-01T00:00:00.000Z' : '1970-01-01T00:00:05.000Z',
      );
    }
    // Of the line, too, a row takes only what is a time.
    expect(
      logRow({ writer: 'kernel', time: 1e300, registers: {}, functions: [], line: '' }, 'a.log:1').time,
    ).toBeUndefined();
  });

  it.each(['=', '-=', 'a', 'a=', '="', 'a="'])('is read in no time when it is made of %j', (piece) => {
    const text = `redzone-crash v1 ${piece.repeat(65_500 / piece.length)}`;
    const started = performance.now();
    crashOf(text);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
